import { COMMENT_CHARACTERS } from './budget';
import { largePlan } from './large-plan';
import { readPlan } from '../terraform/plan-format';
import { renderReview, reviewPlans } from './review';

/**
 * Prints, as JSON, the seconds from the text of a large plan to its comment, and this process's memory at its highest in
 * megabytes. bench starts it as a process of its own, for the memory of the review alone; the number of resources is its
 * argument.
 */
async function measure(): Promise<void> {
  const text = largePlan(Number(process.argv[2]));
  const started = performance.now();
  const review = await reviewPlans([readPlan(text, 'large.json')], new Date());
  renderReview(review, COMMENT_CHARACTERS);
  const seconds = (performance.now() - started) / 1000;
  // maxRSS is in kilobytes on every system.
  process.stdout.write(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
}

void measure();
