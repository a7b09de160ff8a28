namespace TensorLogic.Tool.Description;

/// <summary>Bytes that a model takes on disk.</summary>
internal static class FileSize
{
    /// <summary>Length of a file, of all files of a set, or of all files in a folder. Links in a folder are not followed.</summary>
    public static long Of(string path, IModel model)
    {
        if (model.Metadata.Files is { Count: > 0 } files) return files.Sum(Length);
        return File.Exists(path)
            ? Length(path)
            : new DirectoryInfo(path)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16, AttributesToSkip = FileAttributes.ReparsePoint })
                .Sum(file => file.Length);
    }

    // Download caches link a set's files into a folder of blobs.
    private static long Length(string path)
    {
        FileInfo file = new(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
    }
}
