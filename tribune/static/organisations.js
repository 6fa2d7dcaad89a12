// Proposes organisations that the list of this letter already names, so that one is written one way.
const field = document.querySelector('input[data-suggestions]')
if (field) {
  const list = document.createElement('datalist')
  list.id = 'organisations'
  field.after(list)
  field.setAttribute('list', list.id)
  let waiting
  field.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(async () => {
      const typed = field.value
      try {
        const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(typed)}`)
        const names = answer.ok ? await answer.json() : []
        if (field.value !== typed) return // something else was typed meanwhile, and is asked for
        list.replaceChildren(...names.map((name) => Object.assign(document.createElement('option'), { value: name })))
      } catch {
        list.replaceChildren() // without a connection, people type on
      }
    }, 250)
  })
}
