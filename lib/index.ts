export * from './admin-password-reset';
export * from './message-catalog';
export * from './reset-messages';
export * from './user-pool-grants';
