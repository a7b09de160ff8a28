using TensorLogic.Tests;
using static TensorLogic.Imaging.Tests.PngBuilder;

namespace TensorLogic.Imaging.Tests;

/// <summary>Orientations by their definition in the EXIF standard: which edge of the scene the stored first row and first column are.</summary>
public sealed class OrientationTests
{
    private static byte[] LittleEndian(int orientation) =>
        [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] BigEndian(int orientation) =>
        [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    // Stored: 1 2 3
    //         4 5 6
    [TestCase(1, "123/456")]
    [TestCase(2, "321/654")]
    [TestCase(3, "654/321")]
    [TestCase(4, "456/123")]
    [TestCase(5, "14/25/36")]
    [TestCase(6, "41/52/63")]
    [TestCase(7, "63/52/41")]
    [TestCase(8, "36/25/14")]
    [TestCase(0, "123/456")]
    [TestCase(9, "123/456")]
    public void An_orientation_turns_the_picture_upright(int orientation, string upright)
    {
        Image image = ImageFile.Decode(Png(3, 2, 8, Grey, [1, 2, 3, 4, 5, 6], ("eXIf", LittleEndian(orientation))));
        byte[] pixels = image.Pixels.As<byte>().ToArray();
        Assert.That(string.Join('/', pixels.Chunk(image.Width).Select(row => string.Concat(row))), Is.EqualTo(upright));
    }

    [Test]
    public void Channels_of_a_pixel_stay_together()
    {
        Image image = ImageFile.Decode(Png(2, 1, 8, Rgb, [1, 2, 3, 4, 5, 6], ("eXIf", BigEndian(2))));
        Assert.That(image.Pixels.As<byte>().ToArray(), Is.EqualTo(new byte[] { 4, 5, 6, 1, 2, 3 }));
    }

    [Test]
    public void The_orientation_of_a_jpeg_is_in_its_exif_segment()
    {
        byte[] jpeg = File.ReadAllBytes(TestData.Path("guide", "china-640x427.jpg"));
        byte[] exif = [.. "Exif\0\0"u8, .. BigEndian(6)];
        Image image = ImageFile.Decode((byte[])[.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]]);
        Assert.That((image.Width, image.Height), Is.EqualTo((427, 640)));
    }

    [Test]
    public void A_directory_outside_the_exif_data_means_upright()
    {
        byte[] tiff = LittleEndian(3);
        tiff[7] = 0xFF;
        Image image = ImageFile.Decode(Png(2, 1, 8, Grey, [1, 2], ("eXIf", tiff)));
        Assert.That(image.Pixels.As<byte>().ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
    }
}
