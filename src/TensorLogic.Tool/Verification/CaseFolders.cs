using System.IO.Compression;

namespace TensorLogic.Tool.Verification;

/// <summary>Finds recorded cases in folders and zip files; what is zipped is unpacked into a folder that goes when this is disposed.</summary>
internal sealed class CaseFolders : IDisposable
{
    private const long MaxUnpackedBytes = 1L << 30;
    private const int MaxEntries = 1 << 17;

    private string? _unpacked;
    private int _archives;

    /// <summary>Folders with a <c>case.json</c>, in order.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="InvalidDataException">A zip file is broken or too large, or there is no case.</exception>
    public IReadOnlyList<string> Find(string path)
    {
        string[] found = [.. Search(path)];
        return found.Length > 0 ? found : throw new InvalidDataException($"'{path}' has no cases: no folder in it has a case.json.");
    }

    private IEnumerable<string> Search(string path)
    {
        if (File.Exists(path)) return Under(Unpack(path));
        if (!Directory.Exists(path)) throw new FileNotFoundException($"There are no cases at '{path}'.", path);
        return Under(path).Concat(Directory.GetFiles(path, "*.zip").Order(StringComparer.Ordinal).SelectMany(zip => Under(Unpack(zip))));
    }

    private static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(folder, "case.json", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal);

    private string Unpack(string zip)
    {
        _unpacked ??= Directory.CreateTempSubdirectory("tl-verify-").FullName;
        string folder = Path.Combine(_unpacked, $"{_archives++}");
        Directory.CreateDirectory(folder);
        using ZipArchive archive = ZipFile.OpenRead(zip);
        if (archive.Entries.Count > MaxEntries) throw new InvalidDataException($"'{zip}' has {archive.Entries.Count} entries; {MaxEntries} are allowed.");
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        long budget = MaxUnpackedBytes;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string target = Path.GetFullPath(Path.Combine(folder, entry.FullName));
            if (!target.StartsWith(root, StringComparison.Ordinal)) throw new InvalidDataException($"'{zip}': the entry '{entry.FullName}' leaves the archive's folder.");
            if (entry.FullName.EndsWith('/'))
            {
                Directory.CreateDirectory(target);
                continue;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            budget -= Copy(entry, target, budget, zip);
        }
        return folder;
    }

    // The size in the directory of an archive may lie: bytes are counted as they come.
    private static long Copy(ZipArchiveEntry entry, string target, long budget, string zip)
    {
        using Stream from = entry.Open();
        using FileStream to = File.Create(target);
        var buffer = new byte[1 << 16];
        long total = 0;
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            total += read;
            if (total > budget) throw new InvalidDataException($"'{zip}' unpacks to more than {MaxUnpackedBytes} bytes.");
            to.Write(buffer.AsSpan(0, read));
        }
        return total;
    }

    public void Dispose()
    {
        if (_unpacked is not null) Directory.Delete(_unpacked, recursive: true);
    }
}
