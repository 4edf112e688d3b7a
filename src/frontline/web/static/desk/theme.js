// Before anything is painted: dark where the browser is, unless something was chosen.
if (!document.documentElement.dataset.bsTheme) {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
}
document.documentElement.classList.add('desk-script')
