namespace TensorLogic;

/// <summary>Pictures to tensors [1, C, H, W] of values 0 to 255, and back.</summary>
internal static class ImageConversion
{
    /// <summary>The channel values of a picture in the model's channel order. Grey is repeated for colour; colour becomes grey as
    /// ITU-R BT.601 luma.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="layout">Channels that the model takes.</param>
    /// <param name="type">Element type of the result.</param>
    /// <param name="rank">4: [1, C, H, W]; 3: [C, H, W]; 2, for grey: [H, W].</param>
    public static Tensor ToTensor(Image image, ColorLayout layout, ElementType type, int rank)
    {
        int width = image.Width, height = image.Height, pixels = width * height;
        bool color = layout is ColorLayout.Rgb or ColorLayout.Bgr;
        int channels = color ? 3 : 1;
        double[] values = TensorConversion.ReadDoubles(image.Pixels);
        var planes = new double[channels * pixels];
        for (int p = 0; p < pixels; p++)
        {
            if (!color)
            {
                planes[p] = image.Channels == 1 ? values[p] : Math.Round(0.299 * values[3 * p] + 0.587 * values[3 * p + 1] + 0.114 * values[3 * p + 2]);
                continue;
            }
            for (int c = 0; c < 3; c++)
                planes[(layout == ColorLayout.Bgr ? 2 - c : c) * pixels + p] = values[image.Channels == 1 ? p : 3 * p + c];
        }
        int[] sizes = [1, channels, height, width];
        Tensor tensor = Tensor.Create(type, Shape.Create(sizes.AsSpan(4 - Math.Clamp(rank, color ? 3 : 2, 4))));
        TensorConversion.Write(tensor, planes);
        return tensor;
    }

    /// <summary>A picture from values 0 to 255.</summary>
    /// <exception cref="ShapeException">Not [1, C, H, W], [C, H, W] or [H, W] with the channels of the layout.</exception>
    public static Image FromTensor(Tensor tensor, ColorLayout layout, string name)
    {
        int channels = layout is ColorLayout.Rgb or ColorLayout.Bgr ? 3 : 1;
        int height = tensor.Rank >= 2 ? tensor.Shape[-2] : 0, width = tensor.Rank >= 1 ? tensor.Shape[-1] : 0;
        if (tensor.Rank is < 2 or > 4 || tensor.ElementCount != (long)channels * height * width)
            throw new ShapeException { Operator = "predict", Node = "", Input = name, Actual = tensor.ToString(), Expected = $"[1, {channels}, height, width] for an image" };
        double[] planes = TensorConversion.ReadDoubles(tensor);
        if (layout == ColorLayout.GrayscaleFloat16)
        {
            Tensor<Half> halves = Tensor<Half>.Create([height, width]);
            TensorConversion.Write(halves, planes);
            return new Image(halves);
        }
        Tensor<byte> pixels = Tensor<byte>.Create(channels == 1 ? [height, width] : [height, width, 3]);
        Span<byte> bytes = pixels.Span;
        int plane = width * height;
        for (int c = 0; c < channels; c++)
        for (int p = 0; p < plane; p++)
            bytes[p * channels + (layout == ColorLayout.Bgr ? 2 - c : c)] = (byte)Math.Round(Math.Clamp(double.IsNaN(planes[c * plane + p]) ? 0 : planes[c * plane + p], 0, 255));
        return new Image(pixels);
    }
}
