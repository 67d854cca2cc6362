/** Settings with which the roles have all permissions, and with which no trigger starts an execution. */
export const SETTINGS = {
  ALARM_EMAIL: '',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  CLUSTER_ENCRYPTION: 'on',
  CLUSTER_SPOT: 'on',
  COVID_ON_UPLOAD: 'on',
  COVID_SCHEDULE: 'cron(0 2 29 2 ? *)',
  NO_DATA_HOURS: '0',
  STUDIO: 'on',
  XRAY: 'on',
  CUSTOMER_MANAGED_KEYS: 'on',
};
