using System.IO.Compression;

namespace TensorLogic.CoreML.Packages;

/// <summary>A package in a zip file, unpacked into a folder of its own that lives as long as the model.</summary>
internal sealed class ZippedPackage : IDisposable
{
    private const int MostEntries = 10_000, UnixModeShift = 16, UnixTypeMask = 0xF000, UnixLink = 0xA000;

    // What text and repeated weights compress to at most, and what may come out of a small file whatever the ratio.
    private const long MostRatio = 200, FreeBytes = 16 << 20;

    // What macOS packs beside the files.
    private const string Resources = "__MACOSX/";

    private readonly DirectoryInfo _folder;

    private ZippedPackage(DirectoryInfo folder, string root) => (_folder, Root) = (folder, root);

    /// <summary>The package's folder.</summary>
    public string Root { get; }

    private static ReadOnlySpan<byte> Signature => "PK\x03\x04"u8;

    /// <summary>True if a file starts as zip files do.</summary>
    public static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>Unpacks a package.</summary>
    /// <exception cref="ModelFormatException">The file is broken, holds no package, or an entry would leave the folder.</exception>
    /// <exception cref="ModelLimitException">It holds more entries or bytes than a package of its size should.</exception>
    public static ZippedPackage Extract(string path, LoadLimits limits)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            using ZipArchive archive = new(stream, ZipArchiveMode.Read);
            int most = Math.Min(MostEntries, limits.Count);
            if (archive.Entries.Count > most) throw new ModelLimitException(path, "Number of entries", archive.Entries.Count, most);
            string root = Find(archive, path);
            DirectoryInfo folder = Directory.CreateTempSubdirectory("tensorlogic-");
            try
            {
                long left = checked(stream.Length * MostRatio + FreeBytes);
                foreach (ZipArchiveEntry entry in archive.Entries)
                    if (!entry.FullName.StartsWith(Resources, StringComparison.Ordinal)) left = Extract(entry, path, folder.FullName, left);
                return new(folder, Path.Combine(folder.FullName, root));
            }
            catch
            {
                folder.Delete(recursive: true);
                throw;
            }
        }
        catch (InvalidDataException broken)
        {
            throw new ModelFormatException(path, $"Expected a zip file, found a broken one: {broken.Message}", cause: broken);
        }
    }

    private static long Extract(ZipArchiveEntry entry, string path, string folder, long left)
    {
        string name = entry.FullName.TrimEnd('/');
        if (ContainedPath.Problem(name) is string problem) throw new ModelFormatException(path, $"Expected entries inside the package, found one whose name {problem}.", field: "entry");
        if ((entry.ExternalAttributes >> UnixModeShift & UnixTypeMask) == UnixLink) throw new ModelFormatException(path, $"Expected files and folders, found the link '{name}'.", field: "entry");
        string target = Path.Combine(folder, name);
        if (entry.FullName.EndsWith('/'))
        {
            Directory.CreateDirectory(target);
            return left;
        }
        if (Path.Exists(target)) throw new ModelFormatException(path, $"Expected one entry '{name}', found two.", field: "entry");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using Stream packed = entry.Open();
        using FileStream file = new(target, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[1 << 16];
        // What an entry declares is a claim; what comes out counts.
        while (packed.Read(buffer) is > 0 and var count)
        {
            if ((left -= count) < 0) throw new ModelLimitException(path, $"Unpacked bytes, at {MostRatio} for one of the file", file.Length + count, file.Length + count + left);
            file.Write(buffer, 0, count);
        }
        return left;
    }

    /// <summary>Where the package is, told by names alone: the archive's own top, or the only folder there that is one.</summary>
    private static string Find(ZipArchive archive, string path)
    {
        HashSet<string> packages = new(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string[] parts = entry.FullName.Split('/');
            if (parts.Length <= 2 && CoreMLPackage.IsMark(parts[^1]) && !entry.FullName.StartsWith(Resources, StringComparison.Ordinal)) packages.Add(parts.Length == 1 ? "" : parts[0]);
        }
        if (packages.Contains("")) return "";
        return packages.Count == 1 ? packages.Single() : throw new ModelFormatException(path, $"Expected one package in the zip file, found {packages.Count}.");
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // Where a tensor still views a file, some systems keep it; the folder is in the place for what may be deleted.
        }
    }
}
