using System.Text.Json;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Good files cut short or changed: nothing but the library's own exceptions may come of it.</summary>
public sealed class GgufDamagedFilesTests
{
    private static IEnumerable<TestCaseData> Files() => GgufSamples.List("valid", "expected.json", "files")
        .Select(file => new TestCaseData(file).SetArgDisplayNames(file.GetProperty("file").GetString()!));

    private static IEnumerable<string> Small() => Directory.GetFiles(GgufSamples.Path("valid"), "*.gguf").Where(file => new FileInfo(file).Length < 4096)
        .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void A_prefix_is_refused_until_it_has_every_tensor(JsonElement described)
    {
        byte[] file = File.ReadAllBytes(GgufSamples.Path("valid", described.GetProperty("file").GetString()!));
        int end = described.GetProperty("tensors").EnumerateArray().Where(tensor => tensor.GetProperty("bytes").GetInt32() > 0)
            .Select(tensor => tensor.GetProperty("file_offset").GetInt32() + tensor.GetProperty("bytes").GetInt32())
            .DefaultIfEmpty(file.Length).Max();

        Assert.Multiple(() =>
        {
            for (int length = 0; length <= file.Length; length++)
                Assert.That(IsRead(file.AsSpan(0, length)), Is.EqualTo(length >= end), $"first {length} bytes");
        });
    }

    [TestCaseSource(nameof(Small))]
    public void No_value_of_any_header_byte_ends_in_a_foreign_exception(string name)
    {
        byte[] file = File.ReadAllBytes(GgufSamples.Path("valid", name));
        int header = (int)Math.Min(GgufHeaderReader.Read(file, file.Length, name, LoadLimits.Default).DataStart, file.Length);

        Assert.That(() =>
        {
            for (int at = 0; at < header; at++)
            {
                byte good = file[at];
                for (int value = 0; value < 256; value++)
                {
                    file[at] = (byte)value;
                    IsRead(file);
                }
                file[at] = good;
            }
        }, Throws.Nothing);
    }

    [Test]
    public void Random_damage_ends_in_order()
    {
        byte[][] files = [.. Small().Select(name => File.ReadAllBytes(GgufSamples.Path("valid", name)))];
        Random random = new(20260512);

        Assert.That(() =>
        {
            for (int run = 0; run < 100_000; run++) IsRead(Damaged(files[random.Next(files.Length)], random));
        }, Throws.Nothing);
    }

    [Test]
    public void Tensors_of_damaged_files_are_read_or_refused_in_order()
    {
        using TemporaryFolder folder = new();
        byte[][] files = [.. Directory.GetFiles(GgufSamples.Path("quant-types"), "*.gguf").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        Random random = new(20260513);

        Assert.That(() =>
        {
            for (int run = 0; run < 500; run++)
            {
                string path = folder.Write($"{run}.gguf", Damaged(files[run % files.Length], random, within: 160));
                try
                {
                    using IModel model = GgufFile.Open(path);
                    foreach (ModelTensor tensor in model.Tensors.Values) tensor.Read().Dispose();
                }
                catch (TensorLogicException)
                {
                }
                File.Delete(path);
            }
        }, Throws.Nothing);
    }

    private static byte[] Damaged(byte[] file, Random random, int within = int.MaxValue)
    {
        byte[] damaged = [.. file];
        for (int change = random.Next(1, 5); change > 0 && damaged.Length > 8; change--)
        {
            int end = Math.Min(damaged.Length, within), at = random.Next(end), other = random.Next(end);
            damaged = random.Next(6) switch
            {
                0 => [.. damaged[..at], (byte)random.Next(256), .. damaged[(at + 1)..]],
                1 => [.. damaged[..at], .. damaged[Math.Min(damaged.Length, at + random.Next(1, 8))..]],
                2 => [.. damaged[..at], .. damaged[Math.Min(at, other)..Math.Max(at, other)], .. damaged[at..]],
                3 => [.. damaged[..at], .. BitConverter.GetBytes(1UL << random.Next(64)), .. damaged[Math.Min(damaged.Length, at + 8)..]],
                4 => [.. damaged[..at], .. BitConverter.GetBytes(random.Next(-16, 45)), .. damaged[Math.Min(damaged.Length, at + 4)..]],
                _ => [.. damaged[..at], (byte)(damaged[at] ^ 1 << random.Next(8)), .. damaged[(at + 1)..]],
            };
        }
        return damaged;
    }

    private static bool IsRead(ReadOnlySpan<byte> file)
    {
        try
        {
            GgufHeaderReader.Read(file, file.Length, "sample.gguf", LoadLimits.Default);
            return true;
        }
        catch (TensorLogicException)
        {
            return false;
        }
    }
}
