import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'

// The plugin is CommonJS; under ESM its function stands one level deeper.
const uni = (uniPlugin as any).default ?? uniPlugin

/**
 * WeChat lets a page be shared only if it was registered so; uni-app decides that by the name of the
 * hook standing in the page's own code. Ours stands in `useShare`, so its callers are marked.
 */
const shareable = {
  name: 'shareable',
  enforce: 'post' as const,
  transform: (code: string, id: string) =>
    /\.vue$/.test(id.split('?')[0]) && code.includes('useShare(') ? `${code}\n/* onShareAppMessage */` : null,
}

/**
 * Three seconds after the start uni-app has both the page (in a style) and the mini program (by a call
 * of WeChat's) fetch a picture from its maker's host. Who opens a shop is the shop's own affair.
 * A test holds that nothing built names such a host.
 */
const discreet = {
  name: 'discreet',
  transform(code: string, id: string) {
    if (id.includes('uni-mp-weixin')) return code.replace(/^\s*preloadAsset\(\);?$/m, '')
    if (id.includes('uni-h5') && id.includes('.css')) return code.replace(/url\(["']?https:[^)]*\)/g, 'none')
    return null
  },
}

/**
 * The page is read over phones' networks: each further round trip is a third of a second. What shoppers
 * meet first comes in one piece, asked for together with the start; other pages come when opened.
 */
const FRONT = /\/src\/(components|share|games\/[^/]+\/[^/]+$|pages\/(home|product|category|review\/parts)|(load|frame|pictures|time)\.ts)/
const H5 = process.env.UNI_PLATFORM === 'h5'
const pieceOf = (id: string) =>
  FRONT.test(id.split('?')[0]) ? 'front' : /node_modules|^\0|plugin-vue/.test(id) ? 'platform' : undefined

export default defineConfig({
  plugins: [shareable, discreet, uni()],
  build: {
    target: 'es2019',
    reportCompressedSize: false,
    ...(H5 && {
      cssCodeSplit: false,
      rollupOptions: { output: { manualChunks: pieceOf } },
    }),
  },
  server: {
    // `npm run dev:h5` beside a running shop.
    proxy: Object.fromEntries(
      ['/api', '/demo', '/pictures', '/simulator'].map((path) => [
        path,
        process.env.FRONTLINE_URL ?? 'http://127.0.0.1:8000',
      ]),
    ),
  },
})
