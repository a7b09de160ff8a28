using System.Runtime.CompilerServices;

namespace TensorLogic.Tests;

/// <summary>Paths of the files that tests read. Everything lies in the repository.</summary>
internal static class TestData
{
    /// <summary>The folder that holds <c>TensorLogic.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder under <c>tests/data</c>.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Root, "tests", "data", .. parts]);

    /// <summary>A file or folder under <c>examples</c>.</summary>
    public static string Example(params string[] parts) =>
        System.IO.Path.Combine([Root, "examples", .. parts]);

    private static string FindRoot([CallerFilePath] string source = "")
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, System.IO.Path.GetDirectoryName(source)!])
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
                if (File.Exists(System.IO.Path.Combine(folder.FullName, "TensorLogic.sln")))
                    return folder.FullName;
        throw new DirectoryNotFoundException("TensorLogic.sln is in no folder above the tests");
    }
}
