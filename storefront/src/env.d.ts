/// <reference types="vite/client" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, any>
  export default component
}
interface ImportMetaEnv {
  /** Where the API is, for a mini program: `https://shop.example`. H5 asks its own origin. */
  readonly VITE_API_ORIGIN?: string
  /** The shop's id, where one server serves several. */
  readonly VITE_SHOP_ID?: string
}
declare const process: { env: { UNI_PLATFORM: string } }
