export { type Assembly, loadAssembly } from './cloud-assembly';
