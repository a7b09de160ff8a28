using Microsoft.Extensions.Logging;
using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>Opens files of one format. Registered with the runtime's builder.</summary>
public interface IModelLoader
{
    /// <summary>The format it opens.</summary>
    ModelFormat Format { get; }

    /// <summary>What it looks for, for the error that lists what was tried: <c>"GGUF" in the first four bytes</c>.</summary>
    string Signature { get; }

    /// <summary>Devices on which it runs a file itself, without a backend of the library.</summary>
    IReadOnlyList<Device> NativeDevices { get; }

    /// <summary>True if the content looks like this format. Never throws for content; reads no more than it must.</summary>
    bool Matches(ModelCandidate candidate);

    /// <summary>Opens the file.</summary>
    /// <exception cref="TensorLogicException">The file is broken, too large, or cannot be run on the device asked for.</exception>
    IModel Load(string path, LoadContext context);
}

/// <summary>What a loader is given beside the path.</summary>
/// <param name="Options">The caller's options; the device is a present one, never <see cref="Device.Auto"/>.</param>
/// <param name="Backend">Where a lowered body runs; null where the loader runs the file itself.</param>
/// <param name="Logger">Where to log.</param>
/// <param name="Progress">Where to report, or null.</param>
/// <param name="Cancellation">Ends loading early.</param>
public sealed record LoadContext(LoadOptions Options, IBackend? Backend, ILogger Logger, IProgress<LoadProgress>? Progress, CancellationToken Cancellation);

/// <summary>A path whose format is asked for: the first bytes of a file, or the layout of a folder.</summary>
public sealed class ModelCandidate
{
    /// <summary>Bytes of a file that are looked at.</summary>
    public const int StartBytes = 4096;

    private readonly byte[] _start;

    private ModelCandidate(string path, bool isFolder, byte[] start, long length) => (Path, IsFolder, _start, Length) = (path, isFolder, start, length);

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>Length of the file in bytes; 0 for a folder.</summary>
    public long Length { get; }

    /// <summary>The first bytes of the file, at most <see cref="StartBytes"/>; empty for a folder.</summary>
    public ReadOnlySpan<byte> Start => _start;

    /// <summary>True if the folder directly holds a file of this name.</summary>
    public bool HasFile(string name) => IsFolder && File.Exists(System.IO.Path.Combine(Path, name));

    /// <summary>Looks at a path.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public static ModelCandidate Open(string path)
    {
        if (Directory.Exists(path)) return new(path, true, [], 0);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no model at '{path}'.", path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        var start = new byte[Math.Min(stream.Length, StartBytes)];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return new(path, false, read == start.Length ? start : start[..read], stream.Length);
    }
}
