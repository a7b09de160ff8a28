namespace TensorLogic;

/// <summary>Resizes pictures with an antialiased bilinear filter: a triangle as wide as the reduction, rows first, then columns.</summary>
/// <remarks>The filter of Pillow's and torchvision's antialiased <c>BILINEAR</c>; each pass rounds to bytes as theirs do.</remarks>
internal static class ImageResizer
{
    /// <summary>A picture of exactly the given size.</summary>
    public static Image Resize(Image image, int width, int height, ImageFit fit)
    {
        double horizontal = (double)width / image.Width, vertical = (double)height / image.Height;
        switch (fit)
        {
            case ImageFit.CenterCrop:
            {
                double scale = Math.Max(horizontal, vertical), w = width / scale, h = height / scale;
                return Resample(image, width, height, (image.Width - w) / 2, (image.Height - h) / 2, w, h);
            }
            case ImageFit.Fit:
            {
                double scale = Math.Min(horizontal, vertical);
                int w = Math.Clamp((int)Math.Round(image.Width * scale), 1, width), h = Math.Clamp((int)Math.Round(image.Height * scale), 1, height);
                return Centred(Resample(image, w, h, 0, 0, image.Width, image.Height), width, height);
            }
            default:
                return Resample(image, width, height, 0, 0, image.Width, image.Height);
        }
    }

    private static Image Resample(Image image, int width, int height, double left, double top, double boxWidth, double boxHeight)
    {
        bool bytes = image.Pixels.ElementType == ElementType.UInt8;
        int channels = image.Channels;
        double[] source = TensorConversion.ReadDoubles(image.Pixels);
        Taps[] columns = Filter(image.Width, width, left, boxWidth), rows = Filter(image.Height, height, top, boxHeight);

        // source: [H, W, C]   narrowed: [H, width, C]   result: [height, width, C]
        var narrowed = new double[image.Height * width * channels];
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < width; x++)
        for (int c = 0; c < channels; c++)
        {
            double sum = 0;
            for (int k = 0; k < columns[x].Weights.Length; k++) sum += columns[x].Weights[k] * source[(y * image.Width + columns[x].First + k) * channels + c];
            narrowed[(y * width + x) * channels + c] = bytes ? ToByte(sum) : sum;
        }
        var result = new double[height * width * channels];
        for (int y = 0; y < height; y++)
        for (int i = 0; i < width * channels; i++)
        {
            double sum = 0;
            for (int k = 0; k < rows[y].Weights.Length; k++) sum += rows[y].Weights[k] * narrowed[(rows[y].First + k) * width * channels + i];
            result[y * width * channels + i] = bytes ? ToByte(sum) : sum;
        }
        Tensor pixels = Tensor.Create(image.Pixels.ElementType, channels == 1 ? [height, width] : [height, width, channels]);
        TensorConversion.Write(pixels, result);
        return new Image(pixels);
    }

    private readonly record struct Taps(int First, double[] Weights);

    private static Taps[] Filter(int from, int to, double start, double length)
    {
        double scale = length / to, radius = Math.Max(scale, 1);
        var taps = new Taps[to];
        for (int i = 0; i < to; i++)
        {
            double centre = start + (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - radius + 0.5)), end = Math.Min(from, (int)(centre + radius + 0.5));
            double[] weights = [.. Enumerable.Range(first, Math.Max(0, end - first)).Select(k => Math.Max(0, 1 - Math.Abs((k + 0.5 - centre) / radius)))];
            double sum = weights.Sum();
            taps[i] = sum > 0 ? new(first, Array.ConvertAll(weights, weight => weight / sum)) : new(Math.Clamp((int)centre, 0, from - 1), [1]);
        }
        return taps;
    }

    private static double ToByte(double value) => Math.Clamp(Math.Floor(value + 0.5), 0, 255);

    private static Image Centred(Image image, int width, int height)
    {
        Tensor canvas = Tensor.Create(image.Pixels.ElementType, image.Channels == 1 ? [height, width] : [height, width, image.Channels]);
        using Tensor rows = canvas.Slice(0, (height - image.Height) / 2, image.Height);
        using Tensor window = rows.Slice(1, (width - image.Width) / 2, image.Width);
        image.Pixels.CopyTo(window);
        return new Image(canvas);
    }
}
