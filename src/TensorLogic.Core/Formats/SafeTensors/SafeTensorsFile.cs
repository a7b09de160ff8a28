namespace TensorLogic.Formats.SafeTensors;

/// <summary>SafeTensors files by name of the format: named tensors and a few strings, without code.</summary>
/// <remarks><see cref="TensorLogicRuntime.LoadModel"/> opens them too, without being told the format.
/// The format: <see href="https://github.com/huggingface/safetensors#format"/>.</remarks>
/// <example><code>
/// SafeTensorsFile.Write("weights.safetensors", new Dictionary&lt;string, Tensor&gt; { ["fc.weight"] = weight });
/// using IModel file = SafeTensorsFile.Open("weights.safetensors");
/// using Tensor weight = file.Tensors["fc.weight"].Read();
/// </code></example>
public static class SafeTensorsFile
{
    /// <summary>Opens a file, or the <c>.index.json</c> of a sharded set. The tensors are views of the mapped files; nothing is copied,
    /// except a tensor that the file places at no multiple of its element size.</summary>
    /// <param name="path">A file. Shards of a set are taken from its folder only.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <returns>The tensors, and the pairs of <c>__metadata__</c> as strings in <see cref="ModelMetadata.UserDefined"/>. The caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelLimitException">The file asks for more than <paramref name="limits"/> allow.</exception>
    public static IModel Open(string path, LoadLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SafeTensorsLoader.Open(path, limits ?? LoadLimits.Default);
    }

    /// <summary>Writes a file, byte for byte as the reference implementation does. What was at the path is replaced only once all is written;
    /// until then, and on failure, it stays.</summary>
    /// <param name="path">Where to write. The folder exists.</param>
    /// <param name="tensors">Tensors by name, in any order. Of any element type that the format has; packed ones must fill whole bytes.</param>
    /// <param name="metadata">Pairs for <c>__metadata__</c>, written in this order; null for none.</param>
    /// <exception cref="ArgumentException">A name or key is given twice or is not valid Unicode, a name is <c>__metadata__</c>, the format
    /// has no such element type, or the header would exceed 100,000,000 bytes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ReplacedFile.Write(path, stream => SafeTensorsWriter.Write(stream, tensors, metadata));
    }

    /// <summary>As <see cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}})"/>, to a stream
    /// from its current position.</summary>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        SafeTensorsWriter.Write(stream, tensors, metadata);
    }
}
