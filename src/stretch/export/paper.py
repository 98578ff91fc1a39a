"""How the handout looks: the style sheet of the page, for A4 and Letter, in black and white, and for a screen."""

from __future__ import annotations

from collections.abc import Mapping

from stretch.figure.ink import Role

FONTS = (
    '"Atkinson Hyperlegible","Source Sans 3","Segoe UI","Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'
)
"""What is on the machine of the reader; nothing is fetched."""

INKS: Mapping[Role, str] = {
    Role.SKIN: "#e8c09a",
    Role.FAR_SKIN: "#f3e3d3",
    Role.SHIRT: "#7fb3bb",
    Role.LEGGINGS: "#a3abd6",
    Role.FAR_LEGGINGS: "#d9dcee",
    Role.HAIR: "#5a4036",
    Role.ACCENT: "#d23c00",
    Role.PROP: "#8a7f74",
    Role.STRAP: "#14702c",
}
"""The colours of the figures on paper: pale, so that without colour the stretched muscle is the darkest thing there."""

STYLE = """
@page{margin:10mm 13mm 13mm;
 @bottom-left{content:"%(footer)s";font:8pt %(fonts)s;color:#444}
 @bottom-right{content:counter(page) " / " counter(pages);font:8pt %(fonts)s;color:#444}}
*{box-sizing:border-box}
html{color:#111;background:#fff;overflow-wrap:anywhere;font:10pt/1.28 %(fonts)s;-webkit-text-size-adjust:100%%}
body{max-width:190mm;margin:0 auto;padding:6mm}
h1{font-size:25pt;line-height:1.1;margin:0}
h2{font-size:14pt;line-height:1.2;margin:6mm 0 2mm;padding-bottom:.8mm;border-bottom:.5mm solid #111}
h3{font-size:12pt;line-height:1.2;margin:0}
h2,h3{break-after:avoid}
p{margin:0 0 1.5mm}
ul,ol{margin:0;padding:0 0 0 4.5mm}
li{margin:0 0 .4mm;break-inside:avoid}
dl,dd,figure{margin:0}
dt{font-weight:700}
abbr{text-decoration:none}
.about{font-size:13pt;margin:.5mm 0 0}
.blanks{display:flex;gap:8mm;margin:4.5mm 0 0}
.blanks span{flex:1;border-bottom:.3mm solid #111;padding-bottom:.5mm}
.often{border:.5mm solid #111;border-radius:2mm;padding:2mm 4mm;margin:4mm 0 0}
.often{font-size:10pt}
.often p{margin:0}
.told{margin-top:2.5mm}
.often p:first-child{font-size:12.5pt;font-weight:700}
.first{font-size:9.5pt;line-height:1.3;display:grid;grid-template-columns:1fr 1fr;gap:0 7mm}
.first .ready{grid-column:1/3}
.first h2{margin-top:3.5mm}
.first section{break-inside:avoid}
.first li,.help li{margin-bottom:.25mm}
h2 small{font-size:9.5pt;font-weight:400;margin-left:2mm}
.feel h2 small,.stop h2 small{display:block;margin:.5mm 0 0}
.ready ul{padding:0;list-style:none;columns:3;column-gap:5mm}
.ready li{padding-left:5.5mm;position:relative}
.ready li::before{content:"";position:absolute;left:0;top:.3mm;width:3.4mm;height:3.4mm;border:.3mm solid #111;
 border-radius:.6mm}
.warm-up{columns:2;column-gap:7mm}
.card{break-inside:avoid;border:.35mm solid #111;border-radius:2mm;padding:1.6mm 3.5mm .8mm;margin:0 0 2.2mm}
.top{display:flex;flex-wrap:wrap;align-items:flex-start;justify-content:space-between;gap:1mm 4mm;margin-bottom:1.5mm}
.top>div{flex:1 1 55mm}
.card h3{font-size:13.5pt}
.number{display:inline-block;min-width:6.5mm;height:6.5mm;line-height:6.5mm;margin-right:1mm;padding:0 1mm;
 border-radius:3.5mm;text-align:center;background:#111;color:#fff;font-size:11pt;print-color-adjust:exact}
.where{color:#333;margin:.3mm 0 0}
.dose{display:flex;flex-wrap:wrap;border:.35mm solid #111;border-radius:1.5mm;overflow:hidden}
.dose div{padding:.4mm 3mm .7mm;border-left:.35mm solid #111}
.dose div:first-child{border-left:0}
.dose dt{font-size:8pt;font-weight:400;line-height:1.25;color:#333}
.dose dd{font-size:12pt;font-weight:700;line-height:1.2;white-space:nowrap}
.body{display:grid;grid-template-columns:52mm 1fr;gap:4mm}
.body.bare{grid-template-columns:1fr}
.picture{display:flex;flex-direction:column;gap:.5mm;align-self:center}
.picture.tall{flex-direction:row;align-items:flex-end;justify-content:center}
.picture figure{flex:1 1 0;min-width:0;text-align:center}
.picture img{display:block;width:100%%;max-height:21mm;object-fit:contain}
.picture.tall img{max-height:48mm}
figcaption{font-size:8.5pt;line-height:1.2;color:#333}
.steps{padding-left:5.5mm}
.steps li::marker{font-weight:700}
.notes{display:grid;grid-template-columns:auto 1fr;gap:.3mm 2.5mm;margin-top:1.2mm}
.easier{border:.35mm dashed #111;border-radius:1.5mm;padding:.4mm 2.5mm;margin:0 0 1.5mm;font:700 9.5pt/1.28 %(fonts)s}
.small{font-size:8.5pt;line-height:1.3;color:#333;margin:1.5mm 0 0;border-top:.2mm solid #888;padding-top:.8mm}
.small p{margin:0}
.small b{color:#111}
thead{display:table-header-group}
table{border-collapse:collapse;width:100%%;table-layout:fixed;font-size:9.5pt}
caption{position:absolute;clip-path:inset(50%%)}
thead th{font-size:8.5pt;font-weight:400;text-align:center;padding:.3mm 0}
thead th[colspan]{font-weight:700;border-left:.5mm solid #111}
tbody th{text-align:left;font-weight:700;line-height:1.15;padding:.4mm 1.5mm .4mm 0}
tbody th small{display:block;font-size:8pt;font-weight:400;color:#333}
col.name{width:66mm}
tr{break-inside:avoid;border-bottom:.2mm solid #888}
thead td{border:0}
td{height:7mm;border-left:.2mm solid #888;text-align:center;padding:0}
td:nth-child(7n+2){border-left:.5mm solid #111}
td i{display:block;width:4.2mm;height:4.2mm;margin:auto;border:.3mm solid #111;border-radius:.6mm}
.help{font-size:9.3pt;line-height:1.24}
.help .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 7mm}
.help .pair ul{columns:1}
.help section{margin-bottom:2.2mm}
.help p{margin-bottom:.8mm}
.help ul{columns:2;column-gap:7mm}
.help .action{font-weight:700}
.help .emergency{border:.9mm solid #111;border-radius:2mm;padding:2.5mm 4mm 1.5mm;break-inside:avoid}
.emergency h3{font-size:14pt}
.sources{font-size:8.5pt;line-height:1.3;columns:2;column-gap:7mm}
.sources div{break-inside:avoid;margin-bottom:.8mm}
.sources dt,.sources dd{display:inline}
.end{font-size:8.5pt;line-height:1.3;color:#333;margin:1mm 0}
code{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media print{body{max-width:none;padding:0}.new-page{break-before:page}.new-page>h2{margin-top:0}}
@media screen and (max-width:720px){body{padding:4mm}.first,.body,.ready ul,.help ul,.sources,.warm-up{display:block;
 columns:1}.picture{margin-bottom:3mm}.days{overflow-x:auto}.days table{min-width:170mm}}
"""


def style(footer: str) -> str:
    """Return the style sheet; *footer* stands at the foot of each printed page and may be any text."""
    return STYLE % {"fonts": FONTS, "footer": _quoted(footer)}


def _quoted(text: str) -> str:
    """Return *text* as it may stand in a string of a style sheet: neither a quote nor a tag can end it."""
    return "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in text)
