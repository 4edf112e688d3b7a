// Makes what uni-app wants written down once, from the folders found:
//   src/pages.json                 every page of src/pages and src/games
//   src/generated/HomeGames.vue    each game's HomeCard.vue, on the home page; it says `ready` when it
//                                  knows what to show, so that nothing below it moves afterwards
//   src/generated/ProductGames.vue each game's ProductCard.vue, on a product's page
//   src/generated/MineGames.vue    each game's MineEntry.vue, on the page of a member
//   src/generated/games.ts         each game's game.ts: where an order's game is to be seen
// A page is `src/pages/<area>/<name>.vue` or `src/games/<game>/pages/<name>.vue`; its settings may
// stand beside it in `<name>.json`. Parts of pages stand one folder deeper, or in src/components.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
const FIRST = 'pages/home/home'
const TABS = [
  ['pages/home/home', 'home', '首页'],
  ['pages/category/category', 'category', '分类'],
  ['pages/cart/cart', 'cart', '购物车'],
  ['pages/mine/mine', 'mine', '我的'],
]

const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  )
const paths = ['pages', 'games']
  .flatMap((part) => walk(join(root, part)))
  .map((file) => relative(root, file))
  .filter((file) => /^(pages\/\w+|games\/\w+\/pages)\/\w+\.vue$/.test(file))
  .map((file) => file.replace(/\.vue$/, ''))
  .sort((one, other) => (other === FIRST) - (one === FIRST) || (one < other ? -1 : 1))

const pages = paths.map((path) => {
  const settings = join(root, `${path}.json`)
  return {
    path,
    style: { navigationBarTitleText: '', ...(existsSync(settings) ? JSON.parse(readFileSync(settings, 'utf8')) : {}) },
  }
})
const tabs = TABS.filter(([path]) => paths.includes(path))

write('pages.json', `${JSON.stringify(
  {
    pages,
    globalStyle: {
      navigationBarTextStyle: 'black',
      navigationBarBackgroundColor: '#fdf6ee',
      backgroundColor: '#fdf6ee',
      backgroundTextStyle: 'dark',
      rpxCalcMaxDeviceWidth: 480,
      maxWidth: 480,
    },
    tabBar: {
      color: '#6f6258',
      selectedColor: '#b5460f',
      backgroundColor: '#ffffff',
      borderStyle: 'white',
      list: tabs.map(([pagePath, name, text]) => ({
        pagePath,
        text,
        iconPath: `static/tab/${name}.png`,
        selectedIconPath: `static/tab/${name}-on.png`,
      })),
    },
  },
  null,
  2,
)}\n`)

const games = readdirSync(join(root, 'games'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort()
const title = (name) => name[0].toUpperCase() + name.slice(1)

function gathered(file, part, props, awaited = false) {
  const found = games.filter((name) => existsSync(join(root, 'games', name, part)))
  const imports = found.map((name) => `import ${title(name)} from '@/games/${name}/${part}'`)
  const attributes = props.map((prop) => ` :${prop}="${prop}"`).join('') + (awaited ? ' @ready="ready"' : '')
  const given = props.length ? `defineProps<{ ${props.map((prop) => `${prop}: any`).join('; ')} }>()\n` : ''
  write(
    `generated/${file}`,
    `<script setup lang="ts">\n${imports.join('\n')}\n${given}${awaited ? awaiting(found.length) : ''}</script>\n\n<template>\n  <view>\n${found
      .map((name) => `    <${title(name)}${attributes} />`)
      .join('\n')}\n  </view>\n</template>\n`,
  )
}
function awaiting(count) {
  return count
    ? `const emit = defineEmits<{ ready: [] }>()
let waiting = ${count}
const ready = () => void (--waiting === 0 && emit('ready'))
`
    : `import { onMounted } from 'vue'
const emit = defineEmits<{ ready: [] }>()
onMounted(() => emit('ready'))
`
}
gathered('HomeGames.vue', 'HomeCard.vue', [], true)
gathered('ProductGames.vue', 'ProductCard.vue', ['product'])
gathered('MineGames.vue', 'MineEntry.vue', [])
write(
  'generated/games.ts',
  `import type { Game } from '@/games/seat'\n
${games.map((name) => `import { game as ${name} } from '@/games/${name}/game'`).join('\n')}\n
/** By the kind that stands in an order's \`game\`. */
export const games: Readonly<Record<string, Game | undefined>> = { ${games.join(', ')} }\n`,
)

// What did not change is left alone, so that a running dev server is not disturbed.
function write(name, content) {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) writeFileSync(file, content)
}
