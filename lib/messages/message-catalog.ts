import type { Catalog } from '../contract/messages';
import type { CompiledCatalog } from './catalog/compile';
import { compileDirectory } from './catalog/directory';
import { compileInline } from './catalog/inline';

/**
 * The texts of one template in one language.
 *
 * An email needs both its subject and its HTML. There must be an email, an SMS or both, and the same in all locales of a
 * template.
 */
export interface MessageTexts {
  /**
   * The subject of the email: plain text on one line.
   *
   * At most 140 characters, with every value at its maximum length.
   *
   * @default - no email, for which Cognito then uses the message that the user pool has
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly emailSubject?: string;

  /**
   * The HTML of the email, with `{{code}}` where the user sees it or in a link.
   *
   * At most 20,000 characters, with every value at its maximum length and escaped, which is five times as long. Values
   * may stand in text only, not in tags, attributes, comments or styles.
   *
   * @default - no email, for which Cognito then uses the message that the user pool has
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly emailHtml?: string;

  /**
   * The SMS, with `{{code}}` in it.
   *
   * At most 140 characters, with every value at its maximum length. What does not fit into 160 characters of the GSM 7-bit
   * alphabet, or into 70 when there are others, is sent and charged as several messages.
   *
   * @default - no SMS, for which Cognito then uses the message that the user pool has
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly sms?: string;
}

/**
 * Properties of a catalog that is written in the program.
 */
export interface InlineMessageCatalogProps {
  /**
   * The language of users whose own one is unknown or not in the catalog.
   *
   * A BCP 47 tag, such as `en` or `pt-BR`. Every template must have it.
   */
  readonly defaultLocale: string;

  /**
   * The template of a reset that names none in its ClientMetadata.
   *
   * @default - the message that the user pool has
   */
  readonly defaultTemplate?: string;

  /**
   * The template for users who ask for a code themselves.
   *
   * It may not use `{{metadata.…}}`: anybody can send that.
   *
   * @default - the message that the user pool has
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
   */
  readonly selfServiceTemplate?: string;

  /**
   * The user attributes that texts may use, as `{{attribute.NAME}}`, each with the most characters of its value.
   *
   * From 1 to 2,048 UTF-16 units, as the value reads in the message. For a user whose value is longer or missing,
   * Cognito uses the message that the user pool has.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
   */
  readonly attributes?: { [name: string]: number };

  /**
   * The keys of ClientMetadata that texts may use, as `{{metadata.KEY}}`, each with the most characters of its value.
   *
   * From 1 to 2,048 UTF-16 units, as the value reads in the message. For a reset whose value is longer or missing,
   * Cognito uses the message that the user pool has. `template` and `locale` are taken: they choose the template and
   * the language.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly metadata?: { [key: string]: number };

  /**
   * The texts, by the name of the template and then by locale.
   *
   * Names have 1 to 64 letters, digits, hyphens and underscores. Locales are BCP 47 tags.
   */
  readonly templates: { [template: string]: { [locale: string]: MessageTexts } };
}

/**
 * The messages that users get with their code: templates, each in several languages.
 *
 * In the texts stand `{{code}}`, `{{attribute.NAME}}` for an attribute of the user and `{{metadata.KEY}}` for an entry of
 * ClientMetadata. Attributes and entries must be declared with a maximum length, so that the limits of Cognito hold for
 * every user.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 */
export class MessageCatalog {
  /**
   * Reads a catalog from a directory.
   *
   * It contains `catalog.json`, with the properties of `InlineMessageCatalogProps` but the templates, and the texts as
   * `<template>/<locale>/subject.txt`, `email.html` and `sms.txt`, all in UTF-8.
   *
   * @param path the directory; a relative one is looked for where the app runs
   * @throws when anything is wrong with it, with every problem on a line of its own
   */
  public static fromDirectory(path: string): MessageCatalog {
    return new MessageCatalog(compileDirectory(path));
  }

  /**
   * Takes a catalog that is written in the program.
   *
   * @param props the texts, and what they may use
   * @throws when anything is wrong with it, with every problem on a line of its own
   */
  public static fromInline(props: InlineMessageCatalogProps): MessageCatalog {
    return new MessageCatalog(compileInline({ ...props }));
  }

  /**
   * Checked, and in the form that the trigger reads.
   *
   * @internal
   */
  public readonly _catalog: Catalog;

  /**
   * What is not wrong but worth a look, each with its place.
   *
   * @internal
   */
  public readonly _warnings: readonly string[];

  private constructor({ catalog, problems }: CompiledCatalog) {
    const linesOf = (wanted: string) =>
      problems
        .filter(({ severity }) => severity === wanted)
        // The name of a file may have line breaks in it.
        .map(({ place, text }) => `${place}: ${text}`.replace(/[\p{Cc}\u2028\u2029]/gu, '?'));
    const errors = linesOf('error');
    if (errors.length > 0) throw new Error(errors.join('\n'));
    this._catalog = catalog;
    this._warnings = linesOf('warning');
  }
}
