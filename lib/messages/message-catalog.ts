import type { Catalog } from '../contract/messages';
import type { CompiledCatalog } from './catalog/compile';
import { compileDirectory } from './catalog/directory';
import { compileInline } from './catalog/inline';

/**
 * The texts of one template in one locale.
 *
 * They make an email message, an SMS message or both. An email message needs both a subject and HTML. All locales of a
 * template must have the same kinds of message.
 */
export interface MessageTexts {
  /**
   * The subject of the email message: plain text on one line.
   *
   * At most 140 UTF-16 units, with every value at its maximum length. Characters that Cognito refuses become a space or
   * are left out, with a warning.
   *
   * @default - no email message of this template: Cognito sends the one that is configured in the user pool
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly emailSubject?: string;

  /**
   * The HTML of the email message. It must contain `{{code}}` in visible text or in an attribute such as `href`.
   *
   * At most 20,000 UTF-16 units, with every value at its maximum length and escaped, which counts seven times, or nine
   * times in a link. Values are supported in text and in the query of a link, not elsewhere in tags, attributes, comments
   * or styles. Characters that Cognito refuses are escaped, which counts as well.
   *
   * @default - no email message of this template: Cognito sends the one that is configured in the user pool
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly emailHtml?: string;

  /**
   * The SMS message: plain text that contains `{{code}}`.
   *
   * At most 140 UTF-16 units, with every value at its maximum length. Characters that Cognito refuses become a space or
   * are left out, with a warning. A message that does not fit into one segment is
   * sent and charged as several. A segment has 160 characters of the GSM 7-bit alphabet, or 70 if the message contains
   * any other character.
   *
   * @default - no SMS message of this template: Cognito sends the one that is configured in the user pool
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly sms?: string;
}

/**
 * Properties of `MessageCatalog.fromInline`.
 */
export interface InlineMessageCatalogProps {
  /**
   * The locale for users whose locale is unknown or not in the catalog.
   *
   * A BCP 47 tag, such as `en` or `pt-BR`; `pt_BR` is read as `pt-BR`. Every template must have this locale.
   */
  readonly defaultLocale: string;

  /**
   * The template for a reset that names no template in its ClientMetadata.
   *
   * @default - the message that is configured in the user pool
   */
  readonly defaultTemplate?: string;

  /**
   * The template for users who request a code themselves.
   *
   * `{{metadata.KEY}}` is not supported in it, because any caller of ForgotPassword can set ClientMetadata.
   *
   * @default - the message that is configured in the user pool
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
   */
  readonly selfServiceTemplate?: string;

  /**
   * The user attributes that texts may use as `{{attribute.NAME}}`, each with the maximum length of its value.
   *
   * From 1 to 2,048 UTF-16 units, measured as the value appears in the message, before it is escaped. If the value of a
   * user is longer or missing, Cognito sends the message that is configured in the user pool. Names have 1 to 64
   * letters, digits, hyphens, underscores and colons.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
   */
  readonly attributes?: { [name: string]: number };

  /**
   * The keys of ClientMetadata that texts may use as `{{metadata.KEY}}`, each with the maximum length of its value.
   *
   * From 1 to 2,048 UTF-16 units, measured as the value appears in the message, before it is escaped. If the value of a
   * reset is longer or missing, Cognito sends the message that is configured in the user pool. Keys have 1 to 64
   * letters, digits, hyphens and underscores. The keys `template` and `locale` are reserved: they select the template
   * and the locale.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly metadata?: { [key: string]: number };

  /**
   * The maximum length of a user name in a message, as `{{username}}`.
   *
   * From 1 to 128 UTF-16 units. If the name of a user is longer, Cognito sends the message that is configured in the user
   * pool.
   *
   * @default 128
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly maxUsernameLength?: number;

  /**
   * Whether the digits of a value are shown, by the name in its placeholder, such as `attribute.given_name`.
   *
   * Without digits, a value cannot contain a telephone number. An attacker who took over an account can set the attributes
   * of its user. In the query of a link, values are complete.
   *
   * @default - digits of metadata are shown, and those of the attributes name, given_name, family_name, middle_name,
   * nickname and preferred_username; digits of other attributes are not
   */
  readonly digits?: { [placeholder: string]: boolean };

  /**
   * The texts, by the name of the template and then by locale.
   *
   * Template names have 1 to 64 letters, digits, hyphens and underscores. Locales are BCP 47 tags; `pt_BR`
   * is read as `pt-BR`.
   */
  readonly templates: { [template: string]: { [locale: string]: MessageTexts } };
}

/**
 * The messages that carry the code to users: templates, each in one or more locales.
 *
 * Texts can contain the placeholders `{{code}}`, `{{username}}`, `{{attribute.NAME}}` for an attribute of the user, and
 * `{{metadata.KEY}}` for an entry of ClientMetadata. Attributes and keys must be declared with a maximum length, so
 * that no message exceeds the limits of Cognito for any user.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 *
 * @example
 * const catalog = MessageCatalog.fromInline({
 *   defaultLocale: 'en',
 *   templates: {
 *     reset: {
 *       en: { sms: 'Your code is {{code}}' },
 *       de: { sms: 'Ihr Code ist {{code}}' },
 *     },
 *   },
 * });
 */
export class MessageCatalog {
  /**
   * Reads a catalog from a directory.
   *
   * The directory contains `catalog.json`, with the properties of `InlineMessageCatalogProps` except `templates`, and
   * the texts as `<template>/<locale>/subject.txt`, `email.html` and `sms.txt`. All files are UTF-8.
   *
   * @param path the directory; a relative path is resolved from the working directory of the app
   * @throws when the catalog is invalid, with one line for each problem
   */
  public static fromDirectory(path: string): MessageCatalog {
    return new MessageCatalog(compileDirectory(path));
  }

  /**
   * Creates a catalog from texts in the program.
   *
   * @param props the texts, and the values that they may use
   * @throws when the catalog is invalid, with one line for each problem
   */
  public static fromInline(props: InlineMessageCatalogProps): MessageCatalog {
    return new MessageCatalog(compileInline({ ...props }));
  }

  /**
   * The validated catalog, as the trigger reads it.
   *
   * @internal
   */
  public readonly _catalog: Catalog;

  /**
   * The warnings, each with its place.
   *
   * @internal
   */
  public readonly _warnings: readonly string[];

  private constructor({ catalog, problems }: CompiledCatalog) {
    const linesOf = (wanted: string) =>
      problems
        .filter(({ severity }) => severity === wanted)
        // A file name may contain line breaks, and each problem must stay on one line.
        .map(({ place, text }) => `${place}: ${text}`.replace(/[\p{Cc}\u2028\u2029]/gu, '?'));
    const errors = linesOf('error');
    if (errors.length > 0) throw new Error(errors.join('\n'));
    this._catalog = catalog;
    this._warnings = linesOf('warning');
  }
}
