// Leaves in an XML documentation file what a reference to the assembly can see: public and protected types and members.
// The compiler writes all. Usage: dotnet run eng/public-docs.cs ASSEMBLY.dll DOCUMENTATION.xml
#:property PublishAot=false
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

using var file = new PEReader(File.OpenRead(args[0]));
var assembly = file.GetMetadataReader();
var visible = new HashSet<string>();
foreach (var type in assembly.TypeDefinitions.Select(assembly.GetTypeDefinition).Where(IsVisible))
{
    var name = NameOf(type);
    visible.Add(name);
    visible.UnionWith(type.GetMethods().Select(assembly.GetMethodDefinition).Where(method => IsOpen(method.Attributes)).Select(method => $"{name}.{Text(method.Name)}"));
    visible.UnionWith(type.GetFields().Select(assembly.GetFieldDefinition).Where(field => IsOpen((MethodAttributes)field.Attributes)).Select(field => $"{name}.{Text(field.Name)}"));
    visible.UnionWith(type.GetProperties().Select(assembly.GetPropertyDefinition)
        .Where(property => new[] { property.GetAccessors().Getter, property.GetAccessors().Setter }.Any(accessor => !accessor.IsNil && IsOpen(assembly.GetMethodDefinition(accessor).Attributes)))
        .Select(property => $"{name}.{Text(property.Name)}"));
}

var documents = XDocument.Load(args[1], LoadOptions.PreserveWhitespace);
var members = documents.Descendants("member").ToArray();
var hidden = members.Where(member => !visible.Contains(Name(member))).ToArray();
foreach (var member in hidden)
{
    (member.PreviousNode as XText)?.Remove();
    member.Remove();
}

documents.Save(args[1], SaveOptions.DisableFormatting);
Console.WriteLine($"{args[1]}: {members.Length - hidden.Length} public members are documented, {hidden.Length} others left out");

bool IsVisible(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) switch
{
    TypeAttributes.Public => true,
    TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(assembly.GetTypeDefinition(type.GetDeclaringType())),
    _ => false,
};

static bool IsOpen(MethodAttributes attributes) =>
    (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

string NameOf(TypeDefinition type) => type.GetDeclaringType() is { IsNil: false } outer
    ? $"{NameOf(assembly.GetTypeDefinition(outer))}.{Text(type.Name)}"
    : $"{Text(type.Namespace)}.{Text(type.Name)}";

string Text(StringHandle handle) => assembly.GetString(handle).Replace('.', '#');

// M:Namespace.Type.Method``1(Parameters)~Result to Namespace.Type.Method.
static string Name(XElement member)
{
    var name = member.Attribute("name")!.Value[2..].Split('(', '~')[0];
    var generic = name.IndexOf("``", StringComparison.Ordinal);
    return generic < 0 ? name : name[..generic];
}
