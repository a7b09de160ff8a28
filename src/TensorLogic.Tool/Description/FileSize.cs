namespace TensorLogic.Tool.Description;

/// <summary>Bytes that a model takes on disk.</summary>
internal static class FileSize
{
    /// <summary>Length of a file, or of all files in a folder. Links are not followed.</summary>
    public static long Of(string path) => File.Exists(path)
        ? new FileInfo(path).Length
        : new DirectoryInfo(path)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16, AttributesToSkip = FileAttributes.ReparsePoint })
            .Sum(file => file.Length);
}
