using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>Good files cut short or changed: nothing but the library's own exceptions may come of it.</summary>
public sealed class DamagedFilesTests
{
    private static IEnumerable<string> Small =>
        Directory.GetFiles(TestData.Path("safetensors", "valid"), "*.safetensors").Where(file => new FileInfo(file).Length < 4096)
            .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Small))]
    public void Every_prefix_is_refused(string name)
    {
        byte[] file = File.ReadAllBytes(SafeTensorsSamples.Valid(name));

        Assert.Multiple(() =>
        {
            for (int length = 0; length < file.Length; length++)
                Assert.That(() => SafeTensorsSamples.Read(file.AsSpan(0, length)), Throws.InstanceOf<TensorLogicException>(), $"first {length} bytes");
        });
    }

    [TestCaseSource(nameof(Small))]
    public void No_value_of_any_header_byte_ends_in_a_foreign_exception(string name)
    {
        byte[] file = File.ReadAllBytes(SafeTensorsSamples.Valid(name));
        int header = (int)SafeTensorsSamples.Read(file).DataStart;
        int step = Math.Max(1, header / 256);

        Assert.That(() =>
        {
            for (int at = 0; at < header; at += at < 128 ? 1 : step)
            {
                byte good = file[at];
                for (int value = 0; value < 256; value++)
                {
                    file[at] = (byte)value;
                    Tolerate(file);
                }
                file[at] = good;
            }
        }, Throws.Nothing);
    }

    [Test]
    public void Random_damage_ends_in_order()
    {
        byte[][] files = [.. Small.Select(name => File.ReadAllBytes(SafeTensorsSamples.Valid(name)))];
        Random random = new(20260512);

        Assert.That(() =>
        {
            for (int run = 0; run < 50_000; run++) Tolerate(Damaged(files[random.Next(files.Length)], random));
        }, Throws.Nothing);
    }

    private static byte[] Damaged(byte[] file, Random random)
    {
        byte[] damaged = [.. file];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(damaged.Length), other = random.Next(damaged.Length);
            damaged = random.Next(5) switch
            {
                0 => [.. damaged[..at], (byte)random.Next(256), .. damaged[(at + 1)..]],
                1 => [.. damaged[..at], .. damaged[Math.Min(damaged.Length, at + random.Next(1, 8))..], 0],
                2 => [.. damaged[..at], .. damaged[Math.Min(at, other)..Math.Max(at, other)], .. damaged[at..]],
                3 => [.. damaged[..at], "{}[]\",:0123456789\\u-eE. "u8[random.Next(24)], .. damaged[(at + 1)..]],
                _ => [.. damaged[..at], (byte)(damaged[at] ^ 1 << random.Next(8)), .. damaged[(at + 1)..]],
            };
        }
        return damaged;
    }

    private static void Tolerate(ReadOnlySpan<byte> file)
    {
        try
        {
            SafeTensorsSamples.Read(file);
        }
        catch (TensorLogicException)
        {
        }
    }
}
