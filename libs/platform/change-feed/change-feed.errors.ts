import { defineErrors } from '@isp/kernel';

export const changeFeedErrors = defineErrors({
  'platform.change_feed.too_soon': {
    kind: 'rate_limited',
    message: 'This may be asked once in 10 minutes; try again later.',
  },
  'platform.change_feed.nothing_to_repeat': { kind: 'conflict', message: 'There is no answer yet to repeat.' },
  'platform.change_feed.partners_only': { kind: 'forbidden', message: 'You may not do this.' },
});
