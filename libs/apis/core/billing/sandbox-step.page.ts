import type { SandboxStep } from '@isp/domain/billing';
import { Money } from '@isp/kernel';

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#5d6878;--back:#f5f7fa;--card:#fff;--rule:#dfe5ec;--yes:#2563eb}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#98a4b5;--back:#10151f;--card:#182030;--rule:#273142}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);margin:0;display:grid;place-items:center;min-height:100vh}
main{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:1.5rem 2rem;max-width:24rem}
h1{font-size:1rem;color:var(--soft);font-weight:600;margin:0}b{display:block;font-size:2rem;font-variant-numeric:tabular-nums}
button{font:inherit;padding:.5rem 1.2rem;border:1px solid var(--rule);border-radius:8px;background:none;color:inherit;cursor:pointer;margin-right:.5rem}
#yes{background:var(--yes);border-color:var(--yes);color:#fff}small{color:var(--soft)}`;
const SCRIPT = `
const said=document.getElementById('said'),step=document.getElementById('step');
const act=async(approve)=>{step.hidden=true;said.textContent='One moment…';try{
  const answer=await fetch(location.href,{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({approve})});
  if(!answer.ok)throw new Error((await answer.json()).error.message);said.textContent=approve?WORDS.succeeded:WORDS.failed
}catch(error){said.textContent=error.message}};
document.getElementById('yes').addEventListener('click',()=>act(true));document.getElementById('no').addEventListener('click',()=>act(false));`;
const WORDS = {
  requires_action: 'Shall it be paid?',
  processing: 'It is being paid.',
  succeeded: 'It is paid. You can close this page.',
  failed: 'It is not paid. You can close this page.',
} as const satisfies Record<SandboxStep['state'], string>;

/** What the bank of the sandbox shows whoever is to confirm a payment. */
export function sandboxStepPage({ amount, currency, state }: SandboxStep): string {
  const step = `<p id="step"${state === 'requires_action' ? '' : ' hidden'}><button id="yes">Approve</button><button id="no">Refuse</button></p>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bank of the sandbox</title><style>${STYLE}</style></head><body><main>
<h1>Bank of the sandbox</h1><b>${Money.of(amount, currency).toText()} ${currency}</b>
<p id="said" role="status">${WORDS[state]}</p>${step}<small>No money is moved by a sandbox.</small></main><script>const WORDS=${JSON.stringify(WORDS)};${SCRIPT}</script></body></html>
`;
}
