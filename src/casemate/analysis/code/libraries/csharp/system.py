"""Commands, files, code, templates, serialised objects and documents.

Sources: .NET API browser, "Process.Start", "ProcessStartInfo", "Path.Combine" (a rooted path replaces what stands
before it); .NET, "BinaryFormatter security guide", CA3075 ("Insecure DTD processing"), CA2326 ("Do not use
TypeNameHandling values other than None"); OWASP XXE Prevention, LDAP Injection and Deserialization Cheat Sheets.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_PROCESS = "System.Diagnostics.Process"
_START = "System.Diagnostics.ProcessStartInfo"
SHELLS = ("sh", "bash", "zsh", "/bin/sh", "/bin/bash", "/usr/bin/bash", "/usr/bin/sh", "cmd", "cmd.exe", "powershell",
          "powershell.exe", "pwsh", "/usr/bin/pwsh", "/usr/bin/env")  # fmt: skip
_READS = (
    "ReadAllText", "ReadAllTextAsync", "ReadAllBytes", "ReadAllBytesAsync", "ReadAllLines", "ReadAllLinesAsync",
    "ReadLines", "WriteAllText", "WriteAllTextAsync", "WriteAllBytes", "WriteAllBytesAsync", "WriteAllLines",
    "AppendAllText", "AppendAllTextAsync", "AppendAllLines", "Open", "OpenRead", "OpenText", "OpenWrite", "Create",
    "CreateText", "Delete", "AppendText",
)  # fmt: skip
_FOLDERS = ("GetFiles", "EnumerateFiles", "GetDirectories", "EnumerateDirectories", "CreateDirectory", "Delete",
            "GetFileSystemEntries")  # fmt: skip
_NUMBERS = ("Int32", "Int64", "Int16", "Double", "Decimal", "Single", "Boolean", "Byte", "Guid", "DateTime",
            "DateTimeOffset", "TimeSpan")  # fmt: skip
_CONVERTS = ("ToInt32", "ToInt64", "ToInt16", "ToDouble", "ToDecimal", "ToBoolean", "ToDateTime", "ToByte", "ToSingle")
_FORMATTERS = (
    ("System.Runtime.Serialization.Formatters.Binary.BinaryFormatter", ("Deserialize", "UnsafeDeserialize")),
    ("System.Runtime.Serialization.Formatters.Soap.SoapFormatter", ("Deserialize",)),
    ("System.Runtime.Serialization.NetDataContractSerializer", ("Deserialize", "ReadObject")),
    ("System.Web.UI.LosFormatter", ("Deserialize",)),
    ("System.Web.UI.ObjectStateFormatter", ("Deserialize",)),
)
_CHOOSES = "the document says which types are made of it"
_NAMED = ("All", "Auto", "Objects", "Arrays")
_XML = "System.Xml"
_RESOLVES = "an XML reader that fetches what a document refers to"
_SB = "System.Text.StringBuilder"
_DTD = "an XML reader that follows document type definitions"

MODELS: tuple[Model, ...] = (
    # Commands. The arguments are one text: what is put into it may be more than one argument.
    Sink("command", f"{_PROCESS}.Start", (0,), part="whole", cwe="CWE-78"),
    Sink("command", f"{_PROCESS}.Start", (1,), (Test(0, "is", SHELLS),), cwe="CWE-78"),
    Sink("command", f"{_PROCESS}.Start", (1,), confidence="medium", cwe="CWE-88"),
    *(Sink("command", path, (f"{head}.FileName",), part="whole", cwe="CWE-78")
      for path, head in ((f"{_PROCESS}.Start", "0"), (_PROCESS, "StartInfo"), (f"{_PROCESS}.StartInfo", "0"))),
    *(Sink("command", path, (f"{head}.Arguments",), (Test(f"{head}.FileName", "is", SHELLS),), cwe="CWE-78")
      for path, head in ((f"{_PROCESS}.Start", "0"), (_PROCESS, "StartInfo"), (f"{_PROCESS}.StartInfo", "0"))),
    *(Sink("command", path, (f"{head}.Arguments",), confidence="medium", cwe="CWE-88")
      for path, head in ((f"{_PROCESS}.Start", "0"), (_PROCESS, "StartInfo"), (f"{_PROCESS}.StartInfo", "0"))),
    *(Sink("command", path, (f"{head}.ArgumentList",), (Test(f"{head}.FileName", "is", SHELLS),), cwe="CWE-78")
      for path, head in ((f"{_PROCESS}.Start", "0"), (_PROCESS, "StartInfo"), (f"{_PROCESS}.StartInfo", "0"))),
    Sink("command", f"{_PROCESS}.StartInfo.FileName", (0,), part="whole", cwe="CWE-78"),
    Sink("command", f"{_PROCESS}.StartInfo.Arguments", (0,), confidence="medium", cwe="CWE-88"),
    # A shell that waits for input runs what is written to it.
    *(Sink("command", f"{_PROCESS}.StandardInput.{name}", (0,), confidence="medium", cwe="CWE-78")
      for name in ("Write", "WriteLine", "WriteAsync", "WriteLineAsync")),
    Makes(_PROCESS, _PROCESS), Makes(f"{_PROCESS}.Start", _PROCESS, when=(Test(0, "present"),)),
    # Code.
    *(Sink("code", f"Microsoft.CodeAnalysis.CSharp.Scripting.CSharpScript.{name}", (0,), cwe="CWE-94")
      for name in ("EvaluateAsync", "RunAsync", "Create")),
    Sink("code", "Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText", (0,), cwe="CWE-94"),
    Makes("Microsoft.CSharp.CSharpCodeProvider", "Microsoft.CSharp.CSharpCodeProvider"),
    Sink("code", "Microsoft.CSharp.CSharpCodeProvider.CompileAssemblyFromSource", ("*",), cwe="CWE-94"),
    Sink("code", "System.Linq.Dynamic.Core.DynamicExpressionParser.ParseLambda", ("*",), part="text", cwe="CWE-94"),
    Sink("code", "NCalc.Expression", (0,), confidence="medium", cwe="CWE-95"),
    *(Sink("dynamic-import", f"System.Reflection.Assembly.{name}", (0,), cwe="CWE-470")
      for name in ("Load", "LoadFrom", "LoadFile", "UnsafeLoadFrom", "LoadWithPartialName")),
    Sink("dynamic-import", "System.Type.GetType", (0,), part="whole", confidence="medium", cwe="CWE-470"),
    Sink("dynamic-import", "System.Activator.CreateInstance", (0, 1), part="whole", confidence="medium", cwe="CWE-470"),
    *(Sink("template", name, places, cwe="CWE-1336") for name, places in (
        ("RazorEngine.Engine.Razor.RunCompile", (0,)), ("RazorEngine.Engine.Razor.Compile", (0,)),
        ("RazorLight.RazorLightEngine.CompileRenderStringAsync", (1,)), ("Scriban.Template.Parse", (0,)),
        ("*.CompileRenderStringAsync", (1,)),
    )),
    # Files. A reader is given a stream or a path: only text that was built is a path for sure.
    *(Sink("path", f"System.IO.File.{name}", (0,), cwe="CWE-22") for name in _READS),
    *(Sink("path", f"System.IO.File.{name}", (0, 1), cwe="CWE-22") for name in ("Copy", "Move", "Replace")),
    *(Sink("path", f"System.IO.Directory.{name}", (0,), cwe="CWE-22") for name in _FOLDERS),
    *(Sink("path", f"System.IO.{name}", (0,), cwe="CWE-22") for name in ("FileStream", "FileInfo", "DirectoryInfo")),
    *(Sink("path", f"System.IO.{name}", (0,), (Test(0, "text"),), confidence="medium", cwe="CWE-22")
      for name in ("StreamReader", "StreamWriter")),
    *(Sink("path", f"System.IO.Compression.ZipFile.{name}", (0, 1), cwe="CWE-22")
      for name in ("ExtractToDirectory", "OpenRead", "Open")),
    *(Sink("path", f"Microsoft.AspNetCore.Mvc.{name}", (0,), cwe="CWE-22")
      for name in ("PhysicalFileResult", "ControllerBase.PhysicalFile", "Controller.PhysicalFile")),
    *(Passes(f"*.{name}", ("self",)) for name in (
        "ReadToEnd", "ReadToEndAsync", "ReadLine", "ReadLineAsync", "ToArray", "Trim", "CopyToAsync", "GetString",
        "GetRawText", "ReadAsStringAsync", "AsString", "ToObjectFromJson", "ReadAsStreamAsync")),
    # Objects.
    *(Makes(name, name) for name, _ in _FORMATTERS),
    *(Sink("deserialization", f"{name}.{method}", (0,), cwe="CWE-502")
      for name, methods in _FORMATTERS for method in methods),
    Makes("System.Web.Script.Serialization.JavaScriptSerializer",
          "System.Web.Script.Serialization.JavaScriptSerializer.Typed", when=(Test(0, "present"),)),
    Sink("deserialization", "System.Web.Script.Serialization.JavaScriptSerializer.Typed.Deserialize", (0,),
         cwe="CWE-502"),
    *(Misuse("deserialization", f"Newtonsoft.Json.JsonSerializerSettings{end}", _CHOOSES,
             (Test(place, "is", _NAMED),), cwe="CWE-502", confidence="medium")
      for end, place in (("", "TypeNameHandling"), (".TypeNameHandling", 0))),
    Makes("Newtonsoft.Json.JsonSerializerSettings", "Newtonsoft.Json.JsonSerializerSettings"),
    *(Passes(name, (0,)) for name in (
        "Newtonsoft.Json.JsonConvert.DeserializeObject", "Newtonsoft.Json.JsonConvert.SerializeObject",
        "Newtonsoft.Json.Linq.JObject.Parse", "Newtonsoft.Json.Linq.JToken.Parse", "Newtonsoft.Json.Linq.JArray.Parse",
        "System.Text.Json.JsonSerializer.Deserialize", "System.Text.Json.JsonSerializer.DeserializeAsync",
        "System.Text.Json.JsonSerializer.Serialize", "System.Text.Json.JsonDocument.Parse",
        "System.Text.Json.JsonDocument.ParseAsync", "System.Text.Json.Nodes.JsonNode.Parse",
        "System.Convert.ToBase64String", "System.Convert.ToString", "System.Convert.ToHexString")),
    # XML: .NET resolves nothing by itself; who gives it a resolver or asks for DTDs does.
    *(Misuse("xxe", f"{_XML}.{name}.XmlResolver", _RESOLVES, (Test(0, "of-type", (f"{_XML}.XmlUrlResolver",)),),
             cwe="CWE-611", confidence="medium") for name in ("XmlDocument", "XmlReaderSettings", "XmlTextReader")),
    *(Misuse("xxe", f"{_XML}.{name}", _RESOLVES, (Test("XmlResolver", "of-type", (f"{_XML}.XmlUrlResolver",)),),
             cwe="CWE-611", confidence="medium") for name in ("XmlDocument", "XmlReaderSettings", "XmlTextReader")),
    *(Misuse("xxe", f"{_XML}.{name}.DtdProcessing", _DTD, (Test(0, "is", ("Parse",)),), cwe="CWE-611",
             confidence="medium") for name in ("XmlReaderSettings", "XmlTextReader")),
    *(Misuse("xxe", f"{_XML}.{name}", _DTD, (Test("DtdProcessing", "is", ("Parse",)),), cwe="CWE-611",
             confidence="medium") for name in ("XmlReaderSettings", "XmlTextReader")),
    Misuse("xxe", f"{_XML}.XmlReaderSettings.ProhibitDtd", _DTD, (Test(0, "is", (False,)),), cwe="CWE-611"),
    *(Makes(f"{_XML}.{name}", f"{_XML}.{name}") for name in ("XmlDocument", "XmlReaderSettings", "XmlTextReader",
                                                             "XmlUrlResolver")),
    *(Sink("xpath", f"{owner}.{name}", (0,), part="text", cwe="CWE-643")
      for owner, names in (
          ("System.Xml.XmlDocument", ("SelectNodes", "SelectSingleNode", "DocumentElement.SelectNodes",
                                      "DocumentElement.SelectSingleNode")),
          ("System.Xml.XPath.XPathNavigator", ("Evaluate", "Select", "SelectSingleNode", "Compile")),
          ("*", ("SelectSingleNode", "SelectNodes", "XPathSelectElement", "XPathSelectElements", "XPathEvaluate")),
      ) for name in names),
    Sink("xpath", "System.Xml.XPath.XPathExpression.Compile", (0,), part="text", cwe="CWE-643"),
    *(Sink("xpath", f"System.Xml.Linq.{owner}.{name}", (0,), part="text", cwe="CWE-643")
      for owner in ("XDocument", "XElement")
      for name in ("XPathSelectElement", "XPathSelectElements", "XPathEvaluate")),
    *(Makes(f"System.Xml.Linq.{owner}.{name}", f"System.Xml.Linq.{owner}") for owner in ("XDocument", "XElement")
      for name in ("Load", "Parse", "LoadAsync")),
    # Directories.
    Sink("ldap", "System.DirectoryServices.DirectorySearcher", ("*",), part="text", cwe="CWE-90"),
    Sink("ldap", "System.DirectoryServices.DirectorySearcher.Filter", (0,), cwe="CWE-90"),
    Sink("ldap", "System.DirectoryServices.DirectorySearcher", ("Filter",), cwe="CWE-90"),
    Sink("ldap", "System.DirectoryServices.DirectoryEntry", (0,), part="text", cwe="CWE-90"),
    Sink("ldap", "System.DirectoryServices.Protocols.SearchRequest", (0, 1), part="text", cwe="CWE-90"),
    Makes("System.DirectoryServices.DirectorySearcher", "System.DirectoryServices.DirectorySearcher"),
    Cure("*.LdapFilterEncode", ("ldap",)), Cure("*.LdapDistinguishedNameEncode", ("ldap",)),
    # Text that is filled by calls.
    *(Makes(f"{_SB}{method}", _SB) for method in ("", ".Append", ".AppendLine", ".AppendFormat", ".Insert", ".Replace",
                                                 ".Clear")),
    *(Passes(f"{_SB}.{method}", sources, target) for method, sources, target in (
        ("Append", (0,), "self"), ("AppendLine", (0,), "self"), ("AppendFormat", ("*",), "self"),
        ("Insert", (1,), "self"), ("Replace", (1,), "self"), ("ToString", ("self",), "return"))),
    # Numbers and their like are no text.
    *(Cure(f"System.{name}.Parse") for name in _NUMBERS),
    *(Cure(f"System.{name}.TryParse", how="guard") for name in _NUMBERS),
    *(Cure(f"System.Convert.{name}") for name in _CONVERTS),
    Cure("System.Guid"), Cure("System.Net.IPAddress.Parse"),
    *(Cure(name, ("xss", "path", "header", "log", "ssrf", "redirect")) for name in (
        "System.Uri.EscapeDataString", "System.Net.WebUtility.UrlEncode", "System.Web.HttpUtility.UrlEncode",
        "System.Text.Encodings.Web.UrlEncoder.Default.Encode")),
    Sink("regex", "System.Text.RegularExpressions.Regex", (0,), confidence="medium", cwe="CWE-1333"),
    *(Sink("regex", f"System.Text.RegularExpressions.Regex.{name}", (1,), confidence="medium", cwe="CWE-1333")
      for name in ("IsMatch", "Match", "Matches", "Replace", "Split")),
    Cure("System.Text.RegularExpressions.Regex.Escape", ("regex",)),
    *(Passes(f"System.Text.RegularExpressions.Regex.{name}", (0,)) for name in ("Match", "Matches", "Split")),
)  # fmt: skip
