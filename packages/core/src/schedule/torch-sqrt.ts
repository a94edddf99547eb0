const f = Math.fround;

/**
 * The square root of a float32 as torch 2.9 takes it of a tensor (`sqrt` and
 * `** 0.5`) where MKL runs its generic kernel, that is on x86 processors not
 * made by Intel: one Goldschmidt iteration from the processor's 12-bit RSQRTPS
 * estimate and one residual correction, without fused operations. It is 1 ulp
 * off the correctly rounded root in a sixth of all values.
 *
 * @param x a normal float32 above zero, or zero.
 */
export function torchSqrt(x: number): number {
  if (x === 0) return 0;
  const y = reciprocalRootEstimate(x);
  const s = f(x * y);
  const h = 0.5 * y;
  const e = f(0.5 - f(s * h));
  const s1 = f(f(s * e) + s);
  const h1 = f(f(h * e) + h);
  const d = f(x - f(s1 * s1));
  return f(f(d * h1) + s1);
}

const view = new DataView(new ArrayBuffer(4));
const BITS_OF_QUARTER = 0x3e800000;

/**
 * RSQRTPS of AMD processors: a bipartite table over the exponent's parity and
 * the top 12 bits of the mantissa, x₀ (5 bits), x₁ (4) and x₂ (4):
 * 1/√x ≈ COARSE[x₀, x₁] + FINE[x₀, x₂] for x in [¼, 1).
 */
function reciprocalRootEstimate(x: number): number {
  view.setFloat32(0, x);
  const offset = view.getInt32(0) - BITS_OF_QUARTER;
  const octavePairs = offset >> 24;
  const x0 = (offset >> 19) & 31;
  const x1 = (offset >> 15) & 15;
  const x2 = (offset >> 11) & 15;
  const coarse = Number.parseInt((COARSE[x0] as string).slice(3 * x1, 3 * x1 + 3), 16);
  const fine = Number.parseInt((FINE[x0] as string)[x2] as string, 16);
  return (1 + (coarse + fine) / 4096) * 2 ** -octavePairs;
}

// Both in units of 2⁻¹²; COARSE less 1, three hexadecimal digits an entry. Read off the instruction.
const COARSE = [
  'ff1fe1fd1fc2fb2fa2f93f84f74f65f56f47f38f29f1af0c',
  'efeeefee1ed2ec4eb6ea8e9ae8ce7ee70e62e54e47e39e2c',
  'e1fe12e04df7deaddddd0dc3db6da9d9dd90d83d77d6ad5e',
  'd52d46d39d2dd21d15d09cfdcf1ce5cdaccecc2cb7cabca0',
  'c94c89c7ec72c67c5cc51c46c3bc30c25c1ac0fc04bfabef',
  'be4bdabcfbc5bbabb0ba5b9bb91b87b7cb72b68b5eb54b4a',
  'b41b37b2db23b19b10b06afcaf3ae9ae0ad6acdac3abaab1',
  'aa8a9fa96a8ca83a7aa71a68a5fa56a4da44a3ba33a2aa21',
  'a19a10a079ff9f69ee9e59dd9d49cc9c39bb9b39aa9a299a',
  '99298a98297a97296a96295a95294a94293a93292b92391b',
  '91390b9048fc8f48ed8e58de8d68cf8c78c08b88b18aa8a2',
  '89b89488d88687e87787086986285b85484d84683f838831',
  '82a82381c81680f8088017fa7f47ed7e67e07d97d27cc7c5',
  '7bf7b87b27ab7a579e79879178b78577e77877276b76575f',
  '75875274c74674073a73472d72772171b71570f7097036fd',
  '6f86f26ec6e66e06db6d56cf6c96c36be6b86b26ac6a76a1',
  '69668b68067466965f65464963e63362961e6136095fe5f4',
  '5ea5e05d65cb5c15b75ad5a359959058657c57256955f556',
  '54d54353a53152751e51550c5034fa4f14e84df4d64cd4c4',
  '4bb4b34aa4a149949048847f47746f46645e45644d44543d',
  '43642e42641e41640e4063fe3f63ee3e73df3d73d03c83c1',
  '3b93b23aa3a339b39438d38537e37737036836135a35334c',
  '34633f33833132a32331c31530f3083012fa2f42ed2e62e0',
  '2d92d32cc2c62bf2b92b22ac2a629f29929328c28628027a',
  '27426e26826225c25625024a24423e23823222c22622021b',
  '21520f2092041fe1f81f21ed1e71e21dc1d61d11cb1c61c0',
  '1bb1b61b01ab1a51a019b19519018b18518017b17617116b',
  '16616115c15715214d14814313e13913412f12a12512011b',
  '11611210d1081030fe0f90f50f00eb0e60e20dd0d80d40cf',
  '0ca0c60c10bd0b80b30af0aa0a60a109d09809408f08b087',
  '08207e07907507106c06806405f05b05705304e04a046042',
  '03d03903503102d02902502001c01801401000c008004000',
];
const FINE = [
  'edcba98776543210',
  'dcbaa98765433210',
  'cbaa987665432110',
  'ba99877654432110',
  'aa98876554332110',
  'a998776554432210',
  '9987766554332110',
  '8877665443322100',
  '8776655443322110',
  '7766554433221100',
  '7766554443322110',
  '7665554433221110',
  '6655544333221100',
  '6655444332221110',
  '6655544333221110',
  '5554443322211100',
  'a998776554332110',
  '9987766544322100',
  '8876655443221100',
  '8876655443322110',
  '7766554433221100',
  '7666554433221110',
  '6655444332211100',
  '6655444332221100',
  '5554433322211000',
  '5544433322211100',
  '5544433322211100',
  '5444333222111100',
  '4443332222111000',
  '4443332222111000',
  '4433332222111100',
  '4433332222111100',
];
