/** A row of a table of permissions. */
export interface PermissionRow {
  /** The roles that have it: the heading of the section, or the names in the column `function`. */
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  /** The resources, in the words of the page. */
  readonly resources: readonly string[];
  /** Why the resource is so wide; undefined when nothing is said. */
  readonly reason: string | undefined;
  /** `always`, or the option that adds the row, in the words of the page. */
  readonly when: string;
}

/** The rows of every table of a page that has the columns action, resource and when. */
export function permissionRows(page: string): PermissionRow[] {
  return page.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    const [head = [], , ...rows] = section.split('\n').flatMap((line) => (line.startsWith('|') ? [cellsOf(line)] : []));
    if (head.slice(-3).join() !== 'action,resource,when') return [];
    let roles = [heading];
    return rows.map((cells) => {
      const [actions = '', resource = '', when = ''] = cells.slice(-3);
      if (cells.length === 4 && cells[0]) roles = cells[0].split(', ');
      const [, words = '', reason] = /^(.*?)(?:, because (.*))?$/.exec(resource) ?? [];
      return { roles, actions: actionsOf(actions), resources: words.split(/, (?=`)/), reason, when };
    });
  });
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}

/** A service is written only where it changes: `s3:GetObject`, `PutObject`. */
function actionsOf(cell: string): string[] {
  let service = '';
  return cell.split(', ').map((text) => {
    const [, prefix, name] = /^`(?:([\w-]+):)?(\w+)`$/.exec(text) ?? [];
    if (name === undefined) throw new Error(`a cell of actions: got ${text}, expected an action in backticks`);
    service = prefix ?? service;
    return `${service}:${name}`;
  });
}
