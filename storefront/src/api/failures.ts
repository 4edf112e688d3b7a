import { dictionary } from '@/lang'

const L = dictionary({
  offline: ['网络不给力，请检查网络后重试', 'No connection. Please check your network and try again'],
  unclear: ['服务器开小差了，请稍后再试', 'Something went wrong on our side. Please try again in a moment'],
})

/** The shop said no. `message` is for people; `refusal` and `detail` are for programs. */
export class Refusal extends Error {
  readonly refusal: string
  readonly detail: Record<string, any>

  constructor(
    readonly status: number,
    body: any,
  ) {
    super(typeof body?.text === 'string' ? body.text : L.unclear)
    this.refusal = typeof body?.refusal === 'string' ? body.refusal : 'unclear'
    this.detail = body ?? {}
  }
}

/** Nobody answered, though we asked again. */
export class Offline extends Error {
  constructor() {
    super(L.offline)
  }
}
