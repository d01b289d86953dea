/** What runs three gateways behind a proxy on this machine, for the demonstration and for measurements. */
export {
  GATEWAYS,
  haproxyVersion,
  startHaproxy,
  untilListening,
  type GatewayName,
  type Proxy,
  type ProxyAddresses,
} from './haproxy.ts'
export { startFleet, type Fleet, type FleetGateway, type FleetOptions } from './rig.ts'
export { freeAddress } from './small-proxy.ts'
export { startStandIn, type Echo, type StandIn } from './stand-in.ts'
