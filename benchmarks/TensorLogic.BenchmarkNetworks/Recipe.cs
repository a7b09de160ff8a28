using System.Text.Json;

namespace TensorLogic.BenchmarkNetworks;

/// <summary>How a network's files are made: where each tensor's values come from, and in what order they stand in a file.</summary>
internal sealed class Recipe : IDisposable
{
    private readonly JsonDocument _document;

    public Recipe(string path) => _document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));

    /// <summary>The weight file of the Core ML package, in f16.</summary>
    public RecipeFile WeightFile => File("weight.bin");

    /// <summary>The weight file of the ONNX graph, in f32.</summary>
    public RecipeFile OnnxData => File("onnx.data");

    /// <summary>Input name to name of its image; empty for a network without images.</summary>
    public IEnumerable<(string Input, string Image)> Images =>
        _document.RootElement.TryGetProperty("images", out JsonElement images)
            ? images.EnumerateObject().Select(image => (image.Name, image.Value.GetString()!))
            : [];

    /// <summary>The bytes of one part of a file: a tensor by its name, or literal bytes behind <c>=</c>.</summary>
    public byte[] Bytes(string part, bool single)
    {
        if (!_document.RootElement.GetProperty("tensors").TryGetProperty(part, out JsonElement tensor)) return Convert.FromBase64String(part[1..]);
        if (tensor.TryGetProperty("data", out JsonElement data)) return Widened(data.GetBytesFromBase64(), single);

        var codes = new byte[tensor.GetProperty("count").GetInt32()];
        new MersenneTwister(tensor.GetProperty("seed").GetUInt64()).NextBytes(codes);
        return Decoded(codes, tensor.GetProperty("mean").GetDouble(), tensor.GetProperty("scale").GetDouble(), single);
    }

    /// <summary>Each byte stands for the f16 value of mean + scale · quantile.</summary>
    private static byte[] Decoded(byte[] codes, double mean, double scale, bool single)
    {
        Half[] levels = Array.ConvertAll(NormalQuantiles.Levels, q => (Half)(mean + scale * q));
        int width = single ? 4 : 2;
        var bytes = new byte[codes.Length * width];
        for (int i = 0; i < codes.Length; i++) Write(levels[codes[i]], bytes.AsSpan(i * width, width));
        return bytes;
    }

    private static byte[] Widened(byte[] halves, bool single)
    {
        if (!single) return halves;
        var bytes = new byte[halves.Length * 2];
        for (int i = 0; i < halves.Length; i += 2) Write(BitConverter.ToHalf(halves, i), bytes.AsSpan(i * 2, 4));
        return bytes;
    }

    private static void Write(Half value, Span<byte> bytes)
    {
        if (bytes.Length == 4) BitConverter.TryWriteBytes(bytes, (float)value);
        else BitConverter.TryWriteBytes(bytes, value);
    }

    private RecipeFile File(string name)
    {
        JsonElement file = _document.RootElement.GetProperty(name);
        return new(file.GetProperty("size").GetInt64(), file.GetProperty("sha256").GetString()!, [.. file.GetProperty("parts").EnumerateArray().Select(part => part.GetString()!)]);
    }

    public void Dispose() => _document.Dispose();
}

/// <summary>One file to make.</summary>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
/// <param name="Parts">What stands in it, in order.</param>
internal sealed record RecipeFile(long Size, string Sha256, IReadOnlyList<string> Parts);
