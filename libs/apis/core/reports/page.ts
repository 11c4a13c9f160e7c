const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#5d6878;--back:#f5f7fa;--card:#fff;--rule:#dfe5ec;--up:#2563eb;--more:#60a5fa;--back2:#7dd3fc;--down:#f59e0b;--gone:#dc2626}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#98a4b5;--back:#10151f;--card:#182030;--rule:#273142}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);margin:0}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.05rem;margin:0 0 .5rem}
form{display:flex;gap:.5rem;flex-wrap:wrap}input,select,button{font:inherit;padding:.4rem .6rem;border:1px solid var(--rule);border-radius:6px;background:var(--card);color:inherit}
input{flex:1;min-width:14rem}button{background:var(--up);color:#fff;border-color:var(--up);cursor:pointer}
section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1rem 1.2rem;margin-top:1rem;overflow-x:auto}
.figures{display:flex;gap:2rem;flex-wrap:wrap}.figures b{display:block;font-size:1.4rem}.soft,.figures span{color:var(--soft);font-size:.85rem}
svg{width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg line{stroke:var(--rule)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}td,th{padding:.3rem .5rem;text-align:right;border-top:1px solid var(--rule)}th{color:var(--soft);font-weight:600}td:first-child,th:first-child{text-align:left}
.key{display:inline-flex;align-items:center;gap:.35rem;margin-right:1rem;font-size:.85rem;color:var(--soft)}.key i{width:.75rem;height:.75rem;border-radius:3px}`;

const SCRIPT = `
const KINDS=[['new','New','--up'],['reactivation','Reactivation','--back2'],['expansion','Expansion','--more'],['contraction','Contraction','--down'],['churn','Churn','--gone']];
const BUCKETS=[['not_due','Not due','--more'],['days_1_30','1–30 days','--back2'],['days_31_60','31–60 days','--up'],['days_61_90','61–90 days','--down'],['days_over_90','over 90 days','--gone']];
const at=(id)=>document.getElementById(id);
const SVG='http://www.w3.org/2000/svg';
const make=(name,given={},words)=>{const one=document.createElementNS(name==='td'||name==='th'||name==='tr'||name==='i'||name==='span'||name==='option'||name==='b'?'http://www.w3.org/1999/xhtml':SVG,name);for(const[k,v]of Object.entries(given))one.setAttribute(k,v);if(words!==undefined)one.textContent=words;return one};
const money=(value)=>value.toLocaleString('en',{minimumFractionDigits:2,maximumFractionDigits:2});
let key='',mrr=[],ageing=[];
async function ask(path){const answer=await fetch(path,{headers:{'x-api-key':key}});const body=await answer.json();if(!answer.ok)throw new Error(body.error.message);return body}
function legend(into,kinds){into.replaceChildren(...kinds.map(([,name,colour])=>{const span=make('span',{class:'key'});span.append(make('i',{style:'background:var('+colour+')'}),name);return span}))}
function chart(into,rows,kinds,label){
  const W=960,H=300,L=70,B=30,T=12;const ups=rows.map((row)=>kinds.reduce((sum,[k])=>sum+Math.max(0,row[k]),0));const downs=rows.map((row)=>kinds.reduce((sum,[k])=>sum+Math.min(0,row[k]),0));
  const top=Math.max(1,...ups),low=Math.min(0,...downs),scale=(H-T-B)/(top-low);const y=(value)=>T+(top-value)*scale;
  const all=[];for(const value of[...new Set([top,top/2,0,low])]){all.push(make('line',{x1:L,x2:W,y1:y(value),y2:y(value)}),make('text',{x:L-8,y:y(value)+4,'text-anchor':'end'},Math.round(value).toLocaleString('en')))}
  const slot=(W-L)/Math.max(1,rows.length),width=Math.min(48,slot*.65);
  rows.forEach((row,index)=>{const x=L+slot*(index+.5);let up=0,down=0;for(const[k,name,colour]of kinds){const value=row[k];if(!value)continue;const from=value>0?up:down,to=from+value;if(value>0)up=to;else down=to;
    const bar=make('rect',{x:x-width/2,width,y:y(Math.max(from,to)),height:Math.max(.5,Math.abs(value)*scale),fill:'var('+colour+')'});bar.append(make('title',{},label(row)+', '+name+': '+money(value)+' '+row.currency));all.push(bar)}
    all.push(make('text',{x,y:H-8,'text-anchor':'middle'},label(row)))});
  into.setAttribute('viewBox','0 0 '+W+' '+H);into.replaceChildren(...all)}
function table(into,heads,rows){const line=(cells,name)=>{const tr=make('tr');tr.append(...cells.map((cell)=>make(name,{},typeof cell==='number'?money(cell):cell)));return tr};into.replaceChildren(line(heads,'th'),...rows.map((row)=>line(row,'td')))}
function draw(){const currency=at('currency').value;const rows=mrr.filter((row)=>row.currency===currency),open=ageing.filter((row)=>row.currency===currency);const last=rows.at(-1);
  const figure=(value,name)=>{const div=make('span');div.append(make('b',{},value),name);return div};
  at('figures').replaceChildren(...(last?[figure(money(last.closing)+' '+currency,'recurring revenue, '+last.month),figure(String(last.customers),'customers'),figure(last.arpu===null?'–':money(last.arpu),'a customer (ARPU)')]:[]));
  legend(at('mrr-legend'),KINDS);chart(at('mrr'),rows,KINDS,(row)=>row.month);table(at('mrr-table'),['Month','Opening',...KINDS.map(([,name])=>name),'Closing'],rows.map((row)=>[row.month,row.opening,...KINDS.map(([k])=>row[k]),row.closing]));
  const bars=open.flatMap((row)=>BUCKETS.map(([k,name])=>({...Object.fromEntries(BUCKETS.map(([other])=>[other,other===k?row[k]:0])),currency,name})));
  chart(at('ageing'),bars,BUCKETS,(row)=>row.name);table(at('ageing-table'),['Currency',...BUCKETS.map(([,name])=>name),'Total'],open.map((row)=>[row.currency,...BUCKETS.map(([k])=>row[k]),row.total]))}
at('ask').addEventListener('submit',async(event)=>{event.preventDefault();key=at('key').value.trim();at('said').textContent='';try{
  [mrr,ageing]=[(await ask('/v1/reports/mrr')).mrr,(await ask('/v1/reports/ageing')).ageing];
  const currencies=[...new Set([...mrr,...ageing].map((row)=>row.currency))];at('currency').replaceChildren(...currencies.map((one)=>make('option',{value:one},one)));at('all').hidden=currencies.length===0;if(currencies.length===0)at('said').textContent='There is nothing to report yet.';else draw()
}catch(error){at('all').hidden=true;at('said').textContent=error.message}});
at('currency').addEventListener('change',draw);`;

/** Charts for people who would rather look. Nothing but this text is loaded, and the key stays in the page. */
export const REPORTS_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Reports</title><style>${STYLE}</style></head><body><main>
<h1>Reports</h1>
<form id="ask"><input id="key" type="password" autocomplete="off" required placeholder="API key that may read reports" aria-label="API key"><button>Show</button></form>
<p id="said" role="status" class="soft"></p>
<div id="all" hidden>
<label class="soft">Currency <select id="currency"></select></label>
<section class="figures" id="figures"></section>
<section><h2>Recurring revenue: movements by month</h2><div id="mrr-legend"></div><svg id="mrr" role="img" aria-label="Movements of the recurring revenue"></svg><table id="mrr-table"></table></section>
<section><h2>Open invoices by days overdue</h2><svg id="ageing" role="img" aria-label="Open invoices by days overdue"></svg><table id="ageing-table"></table></section>
</div></main><script>${SCRIPT}</script></body></html>
`;
