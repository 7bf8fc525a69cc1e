/** Sorts chats under the days that a person remembers them by. Pure. */
import type { Chat } from '../../app/contract/chats.ts';

export type DayGroupName = 'today' | 'yesterday' | 'week' | 'earlier';

export interface DayGroup {
  readonly name: DayGroupName;
  readonly chats: readonly Chat[];
}

const names: readonly DayGroupName[] = ['today', 'yesterday', 'week', 'earlier'];

/** Groups that have chats, the newest first; days change at midnight where the person is. */
export function dayGroups(chats: readonly Chat[], now: Date): DayGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const daysAgo = (days: number) => new Date(midnight).setDate(midnight.getDate() - days);
  const groupOf = ({ updatedAt }: Chat): DayGroupName => {
    if (updatedAt >= daysAgo(0)) return 'today';
    if (updatedAt >= daysAgo(1)) return 'yesterday';
    return updatedAt >= daysAgo(6) ? 'week' : 'earlier';
  };
  return names
    .map((name) => ({ name, chats: chats.filter((chat) => groupOf(chat) === name) }))
    .filter(({ chats: grouped }) => grouped.length > 0);
}
