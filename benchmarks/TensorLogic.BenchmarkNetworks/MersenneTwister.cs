using System.Buffers.Binary;

namespace TensorLogic.BenchmarkNetworks;

/// <summary>MT19937 (Matsumoto and Nishimura, 1998), seeded and read as Python's <c>random.Random(seed).randbytes(n)</c> does.</summary>
internal sealed class MersenneTwister
{
    private const int N = 624, M = 397;
    private readonly uint[] _state = new uint[N];
    private int _next = N;

    /// <summary>Seeds with <c>init_by_array</c> over the 32-bit digits of the seed, least significant first.</summary>
    public MersenneTwister(ulong seed)
    {
        uint[] key = seed >> 32 == 0 ? [(uint)seed] : [(uint)seed, (uint)(seed >> 32)];
        _state[0] = 19650218;
        for (int k = 1; k < N; k++) _state[k] = 1812433253 * (_state[k - 1] ^ (_state[k - 1] >> 30)) + (uint)k;

        int i = 1, j = 0;
        for (int k = Math.Max(N, key.Length); k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525)) + key[j] + (uint)j;
            if (++i >= N) (_state[0], i) = (_state[N - 1], 1);
            if (++j >= key.Length) j = 0;
        }
        for (int k = N - 1; k > 0; k--)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            if (++i >= N) (_state[0], i) = (_state[N - 1], 1);
        }
        _state[0] = 0x80000000;
    }

    /// <summary>Fills with the next bytes: whole 32-bit outputs, little-endian; a last partial word gives its high bytes.</summary>
    public void NextBytes(Span<byte> bytes)
    {
        for (; bytes.Length >= 4; bytes = bytes[4..]) BinaryPrimitives.WriteUInt32LittleEndian(bytes, NextUInt32());
        if (bytes.IsEmpty) return;
        uint last = NextUInt32() >> (32 - 8 * bytes.Length);
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(last >> (8 * i));
    }

    private uint NextUInt32()
    {
        if (_next == N) Generate();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    private void Generate()
    {
        for (int k = 0; k < N; k++)
        {
            uint y = (_state[k] & 0x80000000) | (_state[(k + 1) % N] & 0x7fffffff);
            _state[k] = _state[(k + M) % N] ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
        }
        _next = 0;
    }
}
