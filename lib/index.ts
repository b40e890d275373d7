export * from './admin-password-reset';
export * from './user-pool-grants';
