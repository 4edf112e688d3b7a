import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'

// The plugin is CommonJS; under ESM its function stands one level deeper.
const uni = (uniPlugin as any).default ?? uniPlugin

export default defineConfig({
  plugins: [uni()],
  build: { target: 'es2019', reportCompressedSize: false },
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
