namespace TensorLogic;

/// <summary>Changes how many channels the pixels of an image have.</summary>
internal static class ChannelOrder
{
    /// <summary>The first <paramref name="kept"/> of <paramref name="channels"/> bytes of each pixel.</summary>
    public static byte[] Keep(byte[] pixels, int channels, int kept)
    {
        var result = new byte[pixels.Length / channels * kept];
        for (int from = 0, to = 0; to < result.Length; from += channels, to += kept)
            pixels.AsSpan(from, kept).CopyTo(result.AsSpan(to));
        return result;
    }

    /// <summary>Grey with transparency as red, green, blue, transparency.</summary>
    public static byte[] GreyToRgba(byte[] pixels)
    {
        var result = new byte[pixels.Length * 2];
        for (int from = 0, to = 0; from < pixels.Length; from += 2, to += 4)
        {
            result.AsSpan(to, 3).Fill(pixels[from]);
            result[to + 3] = pixels[from + 1];
        }
        return result;
    }
}
