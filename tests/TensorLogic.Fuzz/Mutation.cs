using System.Buffers.Binary;

namespace TensorLogic.Fuzz;

/// <summary>Changes that every kind of file can take.</summary>
internal static class Mutation
{
    private static readonly long[] s_numbers = [0, 1, 2, 3, 7, 8, 63, 64, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, uint.MaxValue, (long)uint.MaxValue + 1, 1L << 40, long.MaxValue, long.MinValue, -1, -2, -128];

    /// <summary>A number that breaks what is counted with it.</summary>
    public static long Number(Random random) => random.Next(4) == 0 ? random.NextInt64() : s_numbers[random.Next(s_numbers.Length)];

    /// <summary>Some bytes flipped, overwritten, taken out or put in twice.</summary>
    public static byte[] Bytes(byte[] source, Random random)
    {
        byte[] bytes = [.. source];
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        for (int times = 1 + random.Next(4); times > 0 && bytes.Length > 0; times--)
        {
            int at = random.Next(bytes.Length), count = Math.Min(1 + random.Next(16), bytes.Length - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes = [.. bytes[..at], .. bytes[(at + count)..]]; break;
                case 3: bytes = [.. bytes[..(at + count)], .. bytes[at..]]; break;
                case 4: bytes = bytes[..at]; break;
                default: Word(bytes, at & ~3, random); break;
            }
        }
        return bytes;
    }

    /// <summary>A 32-bit or 64-bit number at a place overwritten by one that breaks something.</summary>
    public static void Word(byte[] bytes, int at, Random random)
    {
        long number = Number(random);
        if (random.Next(2) == 0 && at + sizeof(long) <= bytes.Length) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), number);
        else if (at + sizeof(int) <= bytes.Length) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), unchecked((int)number));
    }
}
