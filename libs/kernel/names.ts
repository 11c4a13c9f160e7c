/** `rxPowerDbm` as the APIs and the database write it: `rx_power_dbm`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `rx_power_dbm` as the domain writes it: `rxPowerDbm`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
