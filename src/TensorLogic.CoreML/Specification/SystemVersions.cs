namespace TensorLogic.CoreML.Specification;

/// <summary>Systems that first read a specification version. Source: Model.proto of apple/coremltools.</summary>
internal static class SystemVersions
{
    /// <summary>The newest version that is known.</summary>
    public const int Newest = 10;

    private static readonly string[] Systems =
    [
        "", "iOS 11, macOS 10.13", "iOS 11.2, macOS 10.13.2", "iOS 12, macOS 10.14", "iOS 13, macOS 10.15", "iOS 14, macOS 11", "iOS 15, macOS 12",
        "iOS 16, macOS 13", "iOS 17, macOS 14", "iOS 18, macOS 15", "iOS 26, macOS 26",
    ];

    /// <summary>Such as <c>iOS 16, macOS 13</c>; empty for a version that is not known.</summary>
    public static string Of(int specificationVersion) => specificationVersion <= Newest ? Systems[specificationVersion] : "";
}
