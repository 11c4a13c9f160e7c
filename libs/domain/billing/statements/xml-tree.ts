import sax from 'sax';
import { unreadable } from './parsed-entry.js';

const DEEPEST = 40;

/** An element of XML without its namespace. */
export class XmlNode {
  readonly children: XmlNode[] = [];
  text = '';

  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, string>>,
  ) {}

  /** Every element at a path of names below this one. */
  all(...path: readonly string[]): XmlNode[] {
    return path.reduce<XmlNode[]>(
      (nodes, name) => nodes.flatMap((node) => node.children.filter((child) => child.name === name)),
      [this],
    );
  }

  /** The text of the first element at a path. */
  at(...path: readonly string[]): string | undefined {
    const text = this.all(...path)[0]?.text.trim();
    return text === '' ? undefined : text;
  }
}

/** Reads XML as a tree. Documents that bring entities of their own are refused. @throws `billing.statement.unreadable` */
export function xmlTree(text: string): XmlNode {
  const root = new XmlNode('', {});
  const stack = [root];
  const parser = sax.parser(true, { trim: false, normalize: false, xmlns: false });
  parser.ondoctype = () => unreadable('it has a document type');
  parser.onerror = (error) => unreadable(error.message.split('\n')[0] ?? 'not XML');
  parser.onopentag = ({ name, attributes }) => {
    const node = new XmlNode(name.slice(name.indexOf(':') + 1), attributes as Record<string, string>);
    stack.at(-1)?.children.push(node);
    if (stack.push(node) > DEEPEST) unreadable('it is nested too deep');
  };
  parser.onclosetag = () => void stack.pop();
  const add = (more: string) => {
    const node = stack.at(-1);
    if (node) node.text += more;
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.write(text).close();
  return root;
}
