import { get, post } from '@/api'
import { dictionary } from '@/lang'

import type { Game } from '../seat'

const L = dictionary({ title: ['拼团', 'Group-buy'], invite: ['邀请好友来拼团', 'Invite friends to the team'] })

/** The checkout's query: `game=groupbuy`, `campaign` (open a team) or `team` (join it), `sku`, `quantity`. */
const asked = (query: Record<string, string>) => ({ sku_id: query.sku, quantity: Number(query.quantity ?? 1) })

export const game: Game = {
  title: () => L.title,
  invite: () => L.invite,
  page: (teamId) => `/games/groupbuy/pages/team?id=${teamId}`,
  quote: (query, choice) =>
    post('/api/games/groupbuy/teams/quote', {
      ...asked(query),
      ...choice,
      ...(query.team ? { team_id: query.team } : { campaign_id: query.campaign }),
    }),
  place: (query, wish) =>
    query.team
      ? post('/api/games/groupbuy/teams/join', { ...asked(query), ...wish, team_id: query.team })
      : post('/api/games/groupbuy/teams/open', { ...asked(query), ...wish, campaign_id: query.campaign }),
}

export const campaignsOf = (product_id?: string) => get('/api/games/groupbuy/campaigns', { product_id })

/** To the checkout for a seat. */
export const seat = (where: { campaign: string } | { team: string }, sku: string, quantity = 1): string =>
  `/pages/checkout/checkout?game=groupbuy&sku=${sku}&quantity=${quantity}&` +
  ('team' in where ? `team=${where.team}` : `campaign=${where.campaign}`)
