// node compress.mjs FOLDER: puts a .br and a .gz beside every file that gets smaller by them.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const WORTH_IT = /\.(html|js|mjs|css|svg|json|txt|map|ttf|otf)$/
const BYTES_MIN = 512

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const file = join(process.argv[2], name)
  if (!WORTH_IT.test(name) || !statSync(file).isFile()) continue
  const plain = readFileSync(file)
  if (plain.length < BYTES_MIN) continue
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length }
  const small = [['.br', brotliCompressSync(plain, { params })], ['.gz', gzipSync(plain, { level: 9 })]]
  for (const [end, packed] of small) if (packed.length < plain.length) writeFileSync(file + end, packed)
}
