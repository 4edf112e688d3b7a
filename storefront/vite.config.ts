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
 * The web page comes over a phone's network, where each further round trip is felt: what shoppers meet
 * first is one piece, fetched together with the start. Other pages come when they are opened.
 */
const FRONT = /\/src\/(components|games\/\w+\/[^/]+\.vue|generated\/\w+Games|pages\/(home|product|review\/parts))/
const PAGES = /\/src\/(pages|games\/\w+\/pages)\//
const pieceOf = (id: string) => {
  const file = id.split('?')[0]
  if (/node_modules|^\0/.test(file)) return 'platform'
  if (FRONT.test(file)) return 'front'
  return PAGES.test(file) ? undefined : 'start' // uni-app's own settings must run before our first line.
}
const ahead = {
  name: 'ahead',
  apply: 'build' as const,
  transformIndexHtml: {
    order: 'post' as const,
    handler: (_: string, { bundle }: { bundle?: Record<string, { name?: string; fileName: string }> }) =>
      Object.values(bundle ?? {})
        .filter((one) => one.name === 'front' && one.fileName.endsWith('.js'))
        .map((one) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/m/${one.fileName}` } })),
  },
}
const h5 = process.env.UNI_PLATFORM === 'h5'

export default defineConfig({
  plugins: [shareable, discreet, uni(), ...(h5 ? [ahead] : [])],
  build: {
    target: 'es2019',
    reportCompressedSize: false,
    ...(h5 && { cssCodeSplit: false, rollupOptions: { output: { manualChunks: pieceOf } } }),
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
