using System.Xml.Linq;

namespace SegLossBias.Tests.Support;

/// <summary>The XML documentation of the library.</summary>
internal static class Documentation
{
    private static readonly XDocument File = XDocument.Load(Path.ChangeExtension(typeof(SegmentationLoss).Assembly.Location, ".xml"));

    internal static XElement Of(Type type) => File.Descendants("member").Single(member => member.Attribute("name")!.Value == $"T:{type.FullName}");
}
