using System.Buffers;

namespace TensorLogic.Formats;

/// <summary>The folder of a set's first file or index, and the only place from which its other files, the shards, may come.</summary>
/// <remarks>Download caches link a snapshot's files, index and shards alike, into one folder of blobs. So a shard may also be a link into
/// the folder that the index itself is a link into: whoever opens the index has chosen both.</remarks>
internal sealed class ShardFolder
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|");

    private const int LeastBytes = 8;

    private readonly string _index;
    private readonly string _field;
    private readonly string _folder;
    private readonly string[] _roots;

    /// <param name="index">The file that was opened.</param>
    /// <param name="field">What in it names the shards, for errors.</param>
    public ShardFolder(string index, string field)
    {
        (_index, _field) = (index, field);
        string full = Path.GetFullPath(index);
        _folder = Path.GetDirectoryName(full)!;
        _roots = [RealPath(_folder), Path.GetDirectoryName(RealPath(full))!];
    }

    /// <summary>The path of a shard.</summary>
    /// <exception cref="ModelFormatException">The name leads out of the folder, or nothing usable is there.</exception>
    public string Find(string name)
    {
        if (!IsContained(name)) throw Broken(name, "is not a path inside the folder of the file that names it");
        string path = Path.Combine(_folder, name);
        try
        {
            FileInfo file = new(path);
            if (!file.Exists) throw Missing(name);
            string real = RealPath(path);
            if (!_roots.Any(root => IsInside(real, root))) throw Broken(name, "is a link that leaves the folder of the file that names it");
            // Pipes and devices have no length: they are refused without being opened, since opening one can wait for ever.
            if (new FileInfo(real).Length < LeastBytes) throw Broken(name, "is no file, or too short to be one of the format");
        }
        catch (IOException error)
        {
            throw new ModelFormatException(_index, $"The shard '{name}' cannot be looked up: {error.Message}", field: _field, cause: error);
        }
        return path;
    }

    /// <summary>Relative, made of ordinary names on every system, whichever one runs this.</summary>
    public static bool IsContained(string name)
    {
        if (name.AsSpan().ContainsAny(Forbidden) || name.Any(char.IsControl)) return false;
        foreach (string part in name.Split('/'))
        {
            if (part.Length == 0 || part is "." or ".." || part.EndsWith('.') || part.EndsWith(' ')) return false;
            if (IsDeviceName(part)) return false;
        }
        return true;
    }

    // Windows opens a device for these names in any folder and with any extension.
    private static bool IsDeviceName(string part)
    {
        string stem = part.Split('.')[0].TrimEnd().ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$" || stem.Length == 4 && stem[..3] is "COM" or "LPT" && char.IsDigit(stem[3]);
    }

    private static bool IsInside(string path, string root) =>
        path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every link on the way followed.</summary>
    private static string RealPath(string path, int links = 0)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            string? target = new FileInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            if (target is null)
            {
                real = next;
                continue;
            }
            // Systems give up after about as many links; a ring of them must not become a stack overflow.
            if (links == 40) throw new IOException($"Too many links on the way to '{path}'.");
            // The target's own folders may be links again.
            string? folder = Path.GetDirectoryName(target);
            real = folder is null ? target : Path.Combine(RealPath(folder, links + 1), Path.GetFileName(target));
        }
        return real;
    }

    private ModelFormatException Missing(string name) => new(_index, $"The shard '{name}' is not there.", field: _field)
    {
        Remedy = "A sharded set lies in one folder: fetch all its files.",
    };

    private ModelFormatException Broken(string name, string problem) => new(_index, $"The shard '{name}' {problem}.", field: _field);
}
