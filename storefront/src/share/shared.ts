import { reactive } from 'vue'

/** By whose card one came, for the line "… recommends this to you"; null: by nobody's. */
export const shared = reactive<{ by: string | null }>({ by: null })
