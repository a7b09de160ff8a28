using System.Runtime.InteropServices;
using TensorLogic.Formats.Gguf.Blocks;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>The constant tables, written out as ggml lays them out and held against digests of ggml's own.</summary>
public sealed class GgufCodebooksTests
{
    [Test]
    public void The_IQ2_XXS_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ2Grids.ExtraExtraSmall, 8, 2, IQ2Grids.Levels), 256 * 8, "05826b5d3e472a3a78f196be62ac78acf81df0f909626e12ab9fa2a5d490dd54");

    [Test]
    public void The_IQ2_XS_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ2Grids.ExtraSmall, 8, 2, IQ2Grids.Levels), 512 * 8, "06e47aaca60b4dc1d9b5a3f34540437058a6b142b4d7a59d5ded769b4d1bf1de");

    [Test]
    public void The_IQ2_S_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ2Grids.Small, 8, 2, IQ2Grids.Levels), 1024 * 8, "e1aa1473412b0552c2174c30ef22ab4073f6a181b85a17056e8249bd2932fd88");

    [Test]
    public void The_IQ3_XXS_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ3Grids.ExtraExtraSmall, 4, 3, IQ3Grids.ExtraExtraSmallLevels), 256 * 4, "46e35f5a997efdee6c99ce57854c8a0d4f0ff8ca57e5e8a60c0793ea580acf5d");

    [Test]
    public void The_IQ3_S_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ3Grids.Small, 4, 3, IQ3Grids.SmallLevels), 512 * 4, "bd1af4945a1717c65610b0284e4628b9a1ba3b306fae3a06f6e5f597356e349f");

    [Test]
    public void The_IQ1_S_grid_is_that_of_the_reference() =>
        Holds(Rows(IQ1Grid.Rows, 8, 2, [unchecked((byte)-1), 0, 1]), 2048 * 8, "07540ffc1aeaf6ad4d97e96b0fcc765aae39671d4ae4a27bbd0e796fde167c6a");

    [Test]
    public void The_signs_in_seven_bits_are_those_of_the_reference() =>
        Holds([.. Enumerable.Range(0, 128).Select(bits => (byte)Signs.Of((uint)bits))], 128, "a76742a603f8beca5212ecce0f1f02f11a4887fd2f7c8b15aca0ea3eb3380c31");

    [Test]
    public void The_IQ4_NL_values_are_those_of_the_reference() =>
        Holds(MemoryMarshal.AsBytes(NonLinearBlocks.NonLinear).ToArray(), 16, "61aa47540aa024b5d6ddaa839b84ffe59f3d5a349af5c6c7ffcb5e0474b46163");

    [Test]
    public void The_doubled_E2M1_values_are_those_of_the_reference() =>
        Holds(MemoryMarshal.AsBytes(NonLinearBlocks.DoubledE2M1).ToArray(), 16, "adf76b672d47eb7fc0afd4db132d548d59d3190aa0ad118fdbf569d5fd478f97");

    private static byte[] Rows(ReadOnlySpan<ushort> rows, int length, int bits, ReadOnlySpan<byte> levels)
    {
        byte[] bytes = new byte[rows.Length * length];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = levels[rows[i / length] >> bits * (i % length) & (1 << bits) - 1];
        return bytes;
    }

    private static void Holds(byte[] table, int length, string digest) => Assert.That((table.Length, GgufSamples.Digest(table)), Is.EqualTo((length, digest)));
}
