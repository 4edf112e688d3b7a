import { ref } from 'vue'

/** The category to open: a tab takes no question mark, so whoever leads there says it here. */
export const chosenCategory = ref('')
