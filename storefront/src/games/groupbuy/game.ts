import { dictionary } from '@/lang'

const L = dictionary({ title: ['拼团', 'Group-buy'] })

export const game = {
  title: () => L.title,
  page: (teamId: string) => `/games/groupbuy/pages/team?id=${teamId}`,
}
