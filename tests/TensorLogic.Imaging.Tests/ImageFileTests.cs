using TensorLogic.Tests;
using static TensorLogic.Imaging.Tests.PngBuilder;

namespace TensorLogic.Imaging.Tests;

public sealed class ImageFileTests
{
    private string _file = "";

    [SetUp]
    public void MakePath() => _file = Path.Combine(Path.GetTempPath(), $"image-{Guid.NewGuid():N}");

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    private Tensor<byte> Pixels(byte[] file)
    {
        File.WriteAllBytes(_file, file);
        return ImageFile.LoadPixels(_file);
    }

    [Test]
    public void A_grey_png_is_rows_by_columns()
    {
        using Tensor<byte> pixels = Pixels(Png(3, 2, 8, Grey, [1, 2, 3, 4, 5, 6]));
        Assert.That(pixels.Shape, Is.EqualTo(Shape.Create(2, 3)));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public void A_colour_png_is_red_green_blue()
    {
        using Tensor<byte> pixels = Pixels(Png(2, 1, 8, Rgb, [255, 1, 2, 3, 4, 250]));
        Assert.That(pixels.Shape, Is.EqualTo(Shape.Create(1, 2, 3)));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 255, 1, 2, 3, 4, 250 }));
    }

    [Test]
    public void Pixels_keep_transparency()
    {
        using Tensor<byte> pixels = Pixels(Png(2, 1, 8, Rgba, [1, 2, 3, 0, 5, 6, 7, 128]));
        Assert.That(pixels.Shape, Is.EqualTo(Shape.Create(1, 2, 4)));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 0, 5, 6, 7, 128 }));
    }

    [Test]
    public void Grey_pixels_with_transparency_come_as_four_channels()
    {
        using Tensor<byte> pixels = Pixels(Png(1, 2, 8, GreyAlpha, [9, 10, 11, 12]));
        Assert.That(pixels.Shape, Is.EqualTo(Shape.Create(2, 1, 4)));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 9, 9, 9, 10, 11, 11, 11, 12 }));
    }

    [Test]
    public void An_image_drops_transparency_and_keeps_the_stored_colours()
    {
        Image image = ImageFile.Decode(Png(2, 1, 8, Rgba, [1, 2, 3, 0, 5, 6, 7, 128]));
        Assert.That(image.Pixels.As<byte>().ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 5, 6, 7 }));
    }

    [Test]
    public void A_grey_image_with_transparency_stays_grey()
    {
        Image image = ImageFile.Decode(Png(1, 2, 8, GreyAlpha, [9, 10, 11, 12]));
        Assert.That(image.Channels, Is.EqualTo(1));
        Assert.That(image.Pixels.As<byte>().ToArray(), Is.EqualTo(new byte[] { 9, 11 }));
    }

    [Test]
    public void Sixteen_bit_channels_keep_their_high_byte()
    {
        using Tensor<byte> pixels = Pixels(Png(1, 2, 16, Grey, [0x12, 0xFF, 0xFE, 0x00]));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 0x12, 0xFE }));
    }

    [Test]
    public void A_palette_is_looked_up()
    {
        using Tensor<byte> pixels = Pixels(Png(4, 1, 1, Palette, [0b0110_0000], ("PLTE", [10, 20, 30, 40, 50, 60])));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 10, 20, 30, 40, 50, 60, 40, 50, 60, 10, 20, 30 }));
    }

    [Test]
    public void One_bit_grey_is_black_and_white()
    {
        using Tensor<byte> pixels = Pixels(Png(3, 1, 1, Grey, [0b0100_0000]));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 0, 255, 0 }));
    }

    [Test]
    public void A_bitmap_is_read_from_its_last_row_up()
    {
        byte[] bmp =
        [
            (byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
            40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            3, 2, 1, 0, 30, 20, 10, 0,
        ];
        using Tensor<byte> pixels = Pixels(bmp);
        Assert.That(pixels.Shape, Is.EqualTo(Shape.Create(2, 1, 3)));
        Assert.That(pixels.ToArray(), Is.EqualTo(new byte[] { 10, 20, 30, 1, 2, 3 }));
    }

    [Test]
    public void Every_digit_is_a_grey_picture_of_28_by_28([Values("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")] string digit)
    {
        Image image = ImageFile.Load(TestData.Path("digits", $"{digit}.png"));
        Assert.That((image.Height, image.Width, image.Channels), Is.EqualTo((28, 28, 1)));
        Assert.That(image.Pixels.As<byte>().ToArray().Max(), Is.GreaterThan(200));
    }

    // The PNG is the JPEG's picture at another size, so their mean colours agree.
    [Test]
    public void A_jpeg_and_a_png_of_one_picture_have_the_same_mean_colour()
    {
        double[] jpeg = MeanColour(ImageFile.Load(TestData.Path("guide", "china-640x427.jpg")));
        double[] png = MeanColour(ImageFile.Load(TestData.Path("guide", "china-224.png")));
        Assert.That(jpeg, Is.EqualTo(png).Within(1.0));
    }

    [Test]
    public void A_jpeg_has_its_size_and_three_channels()
    {
        Image image = ImageFile.Load(TestData.Path("guide", "china-640x427.jpg"), ImageFit.CenterCrop);
        Assert.That((image.Width, image.Height, image.Channels, image.Fit), Is.EqualTo((640, 427, 3, (ImageFit?)ImageFit.CenterCrop)));
    }

    [Test]
    public void A_jpeg_without_coefficients_is_mid_grey()
    {
        Image image = ImageFile.Decode(SmallJpeg.Bytes);
        Assert.That(image.Pixels.As<byte>().ToArray(), Is.EqualTo(Enumerable.Repeat((byte)128, 8 * 8 * 3)));
    }

    [Test]
    public void A_stream_gives_what_its_file_gives()
    {
        string path = TestData.Path("digits", "three.png");
        using FileStream stream = File.OpenRead(path);
        Assert.That(ImageFile.Decode(stream).Pixels.As<byte>().ToArray(), Is.EqualTo(ImageFile.Load(path).Pixels.As<byte>().ToArray()));
    }

    [Test]
    public void The_description_tells_the_bits_of_a_channel()
    {
        File.WriteAllBytes(_file, Png(1, 2, 16, Grey, [0x12, 0xFF, 0xFE, 0x00]));
        Assert.That(ImageFile.ReadInfo(_file), Is.EqualTo(new ImageFileInfo(ImageFileFormat.Png, 1, 2, 16)));
    }

    private static double[] MeanColour(Image image) =>
        [.. Enumerable.Range(0, 3).Select(channel => image.Pixels.Select(2, channel).As<byte>().ToArray().Average(value => (double)value))];
}
