using TensorLogic.Tests;
using static TensorLogic.Imaging.Tests.PngBuilder;

namespace TensorLogic.Imaging.Tests;

public sealed class ImageFileDamageTests
{
    private static readonly byte[] Jpeg = File.ReadAllBytes(TestData.Path("guide", "china-640x427.jpg"));

    [Test]
    public void A_missing_file_is_named()
    {
        Assert.That(() => ImageFile.Load("no-such.png"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("no-such.png"));
    }

    [Test]
    public void Another_format_is_refused()
    {
        Assert.That(() => ImageFile.Decode("GIF89a"u8.ToArray(), name: "a.gif"),
            Throws.TypeOf<ModelFormatException>().With.Property("File").EqualTo("a.gif").And.Message.Contains("PNG, JPEG or BMP"));
    }

    // The decoder alone never returns from this file.
    [Test, CancelAfter(5000)]
    public void A_jpeg_whose_first_segment_passes_the_end_is_refused()
    {
        byte[] file = [.. Jpeg[..20000]];
        file[4] = 0xFF;
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelFormatException>().With.Property("Offset").EqualTo(4));
    }

    [Test]
    public void A_jpeg_cut_in_its_scan_is_refused()
    {
        Assert.That(() => ImageFile.Decode(Jpeg.AsMemory(0, Jpeg.Length / 2)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("end-of-image"));
    }

    [Test]
    public void A_cmyk_jpeg_is_refused_by_name()
    {
        byte[] file = [.. Jpeg];
        file[Jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 }) + 9] = 4;
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelFormatException>().With.Message.Contains("CMYK"));
    }

    [Test]
    public void More_pixels_than_the_limit_are_refused_before_they_are_decoded()
    {
        byte[] file = Join(60_000, 60_000, 8, Rgb, Compress(new byte[100]));
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelLimitException>().With.Property("Found").EqualTo((Int128)3_600_000_000));
    }

    [Test]
    public void The_limit_can_be_chosen()
    {
        Assert.That(() => ImageFile.Decode(Jpeg, pixelLimit: 640 * 427 - 1), Throws.TypeOf<ModelLimitException>());
    }

    [Test]
    public void A_png_that_inflates_to_more_than_its_pixels_is_refused()
    {
        byte[] file = Join(2, 2, 8, Grey, Compress(new byte[10_000_000]));
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelFormatException>().With.Message.Contains("more"));
    }

    [Test]
    public void A_png_with_too_few_pixels_is_refused()
    {
        byte[] file = Join(2, 2, 8, Grey, Compress([0, 1, 2, 0]));
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelFormatException>().With.Message.Contains("take 6 bytes"));
    }

    [Test]
    public void A_png_with_a_wrong_checksum_is_refused()
    {
        byte[] file = Png(2, 2, 8, Grey, [1, 2, 3, 4]);
        file[^17] ^= 1;
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelFormatException>().With.Property("Field").EqualTo("IDAT"));
    }

    [Test]
    public void A_jpeg_with_too_many_scans_is_refused()
    {
        int scan = Jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA });
        byte[] header = Jpeg[scan..(scan + 14)];
        byte[] file = [.. Jpeg[..^2], .. Enumerable.Repeat(header, 200).SelectMany(bytes => bytes), 0xFF, 0xD9];
        Assert.That(() => ImageFile.Decode(file), Throws.TypeOf<ModelLimitException>().With.Message.Contains("scans"));
    }

    [Test, CancelAfter(60_000)]
    public void Damaged_files_give_our_exceptions_only([Values("png", "png-rgba16", "jpeg", "bmp")] string kind)
    {
        byte[] file = kind switch
        {
            "png" => File.ReadAllBytes(TestData.Path("digits", "five.png")),
            "png-rgba16" => Png(3, 3, 16, Rgba, [.. Enumerable.Range(0, 72).Select(i => (byte)(i * 7))]),
            "jpeg" => SmallJpeg.Bytes,
            _ => [(byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], .. new byte[8]],
        };
        Random random = new(8);
        for (int run = 0; run < 3000; run++)
        {
            byte[] mutated = Mutated(random, file);
            if (kind.StartsWith("png", StringComparison.Ordinal)) FixChecksums(mutated);
            try
            {
                ImageFile.Decode(mutated, pixelLimit: 1 << 16);
            }
            catch (TensorLogicException)
            {
            }
        }
    }

    private static byte[] Mutated(Random random, byte[] file)
    {
        byte[] copy = [.. file];
        for (int change = random.Next(1, 4); change > 0; change--) copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? copy[..random.Next(copy.Length)] : copy;
    }

    // Without this the checksums would refuse nearly every change before it reached the decoder.
    private static void FixChecksums(byte[] png)
    {
        for (int at = 8; at + 12 <= png.Length;)
        {
            uint length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12) return;
            byte[] data = png[(at + 8)..(at + 8 + (int)length)];
            byte[] chunk = Chunk(System.Text.Encoding.Latin1.GetString(png, at + 4, 4), data);
            chunk.AsSpan(chunk.Length - 4).CopyTo(png.AsSpan(at + 8 + (int)length));
            at += 12 + (int)length;
        }
    }
}
