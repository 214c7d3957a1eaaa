import { describe, expect, it } from 'vitest';
import { slotCount, slotOf } from './slot.js';

/** First and last address of a subnet such as `198.19.4.0/22`, as numbers. */
function rangeOf(subnet: string): [number, number] {
  const [address = '', bits] = subnet.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

const slots = Array.from({ length: slotCount }, (_, number) => slotOf(number, '/checkout/.lab'));
const places = slots.flatMap((slot) => Object.values(slot.clusters));

describe('slotOf', () => {
  it('gives names and addresses of the first slot', () => {
    expect(slotOf(0, '/checkout/.lab')).toMatchObject({
      bridge: 'mtlab0',
      address: '198.18.0.1',
      clusters: {
        source: {
          namespace: 'mtlab0-source',
          nodeAddress: '198.18.0.10',
          podSubnet: '198.19.0.0/24',
          serviceSubnet: '198.19.4.0/22',
          apiServiceAddress: '198.19.4.1',
          folder: '/checkout/.lab/source',
          runFolder: '/run/mtlab0/source',
        },
        target: { nodeAddress: '198.18.0.11', podSubnet: '198.19.8.0/24', serviceSubnet: '198.19.12.0/22' },
      },
    });
  });

  it('gives every cluster of every slot subnets of its own, inside the benchmark networks', () => {
    const ranges = places.flatMap((place) => [rangeOf(place.podSubnet), rangeOf(place.serviceSubnet)]);
    ranges.sort(([a], [b]) => a - b);
    const overlaps = ranges.filter(([first], index) => first <= (ranges[index - 1]?.[1] ?? 0));
    expect(overlaps).toEqual([]);
    const [lowest, highest] = rangeOf('198.19.0.0/16');
    expect(ranges[0]?.[0]).toBe(lowest);
    expect(ranges.at(-1)?.[1]).toBe(highest);
  });

  it('starts every subnet at a multiple of its size', () => {
    for (const subnet of places.flatMap((place) => [place.podSubnet, place.serviceSubnet])) {
      const [first, last] = rangeOf(subnet);
      expect(first % (last - first + 1)).toBe(0);
    }
  });

  it('keeps link names within the 15 characters the kernel allows, and all different', () => {
    const names = [...slots.map((slot) => slot.bridge), ...places.map((place) => place.link)];
    expect(new Set(names).size).toBe(names.length);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(15);
  });

  it('refuses what is not a slot', () => {
    for (const number of [-1, slotCount, 1.5, Number.NaN]) expect(() => slotOf(number)).toThrow('from 0 to 15');
  });
});
