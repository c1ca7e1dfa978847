"""Invented people, offices, proposals and meetings; all from one random generator, so that a seed gives the same set again."""
import datetime

SURNAMES = [("欧阳", "Ouyang"), ("陆", "Lu"), ("秦", "Qin"), ("白", "Bai"), ("孟", "Meng"), ("叶", "Ye"), ("夏", "Xia"), ("顾", "Gu"),
            ("龚", "Gong"), ("诸葛", "Zhuge"), ("阮", "Ruan"), ("尹", "Yin"), ("卢", "Lu"), ("贺", "He"), ("姜", "Jiang"), ("罗", "Luo")]
GIVEN = [("远", "Yuan"), ("明澈", "Mingche"), ("佳禾", "Jiahe"), ("子衿", "Zijin"), ("立", "Li"), ("思齐", "Siqi"), ("望舒", "Wangshu"),
         ("承泽", "Chengze"), ("一诺", "Yinuo"), ("知微", "Zhiwei"), ("景行", "Jingxing"), ("若谷", "Ruogu"), ("怀瑾", "Huaijin"), ("岚", "Lan")]
OFFICES = [("云岭理工大学", "yunling", "昆明市盘龙区青松路12号", "650051"), ("北辰信息技术有限公司", "beichen-it", "天津市河西区友谊北道66号3层", "300204"),
           ("沧海密码技术研究院", "canghai-crypto", "青岛市市南区观海二路9号", "266003"), ("玄武数据安全实验室", "xuanwu-lab", "南京市玄武区紫金路118号", "210016"),
           ("国创软件测评中心", "guochuang-eval", "西安市雁塔区科技六路21号", "710065"), ("西陵电力科学研究院", "xiling-power", "宜昌市西陵区峡江大道5号", "443000"),
           ("岭南工业互联网研究所", "lingnan-iii", "广州市黄埔区开泰大道36号", "510530"), ("松江集成电路股份公司", "songjiang-ic", "上海市松江区文诚路500弄1号", "201620")]
POSTS = ["高级工程师", "教授", "研究员", "副研究员", "标准化部主任", "技术总监", "讲师", "首席科学家", "工程师"]
TOPICS = [("物联网终端固件安全更新指南", "Guidance on secure firmware update of IoT terminals", "物联网终端"),
          ("隐私计算互联互通协议", "Protocols for interoperability of privacy-preserving computation", "隐私计算平台"),
          ("工业控制系统安全监测要求", "Requirements for security monitoring of industrial control systems", "工业控制系统"),
          ("量子密钥分发模块测试方法", "Test methods for quantum key distribution modules", "量子密钥分发模块"),
          ("数字身份凭证撤销框架", "Framework for revocation of digital identity credentials", "数字身份凭证"),
          ("软件物料清单安全应用指南", "Guidelines for the secure use of software bills of materials", "软件供应链"),
          ("车联网数据脱敏技术要求", "Technical requirements for de-identification of vehicle data", "车联网数据"),
          ("云原生应用安全控制措施", "Security controls for cloud-native applications", "云原生应用")]
PLACES = [("德国柏林", "Berlin"), ("日本京都", "Kyoto"), ("新西兰惠灵顿", "Wellington"), ("西班牙马德里", "Madrid"), ("广西桂林", "Guilin"), ("线上", "online")]
WG_NAMES = {"WG1": "信息安全管理体系工作组", "WG2": "密码与安全机制工作组", "WG3": "安全评估、测试和规范工作组",
            "WG4": "安全控制与服务工作组", "WG5": "身份管理和隐私保护技术工作组"}

SENTENCES = ["{0}的安全问题近年来受到各方关注，相关产品和服务已在多个行业规模部署。", "现有标准多从管理角度提出要求，缺少可以直接操作的技术方法。",
             "本单位自2019年起承担相关课题，已形成两项国家标准和一套开源测试工具。", "调研显示，超过六成的企业希望有统一的国际规范作为依据。",
             "拟从术语、架构、流程和验证四个方面给出规定，并附三个应用示例。", "预期能够降低重复测试的成本，促进不同国家之间测试结果的互认。",
             "该工作与SC27已有项目相互衔接，不存在内容上的重复。", "后续将组织产学研单位共同参与，按计划完成各阶段文件。",
             "近两年已在三家单位开展试点，收集问题一百余条，并据此完善了技术方案。", "希望借助国际合作平台吸收各国专家的意见，进一步提高文本质量。"]
ENGLISH = ["{0} are deployed in many sectors, yet the criteria used to assess them differ from country to country.",
           "This document gives guidance for designers, operators and assessors and contains three worked examples.",
           "It is intended to be used together with existing documents of the committee and does not repeat their content.",
           "Trials with four organisations have shown that the approach can be applied within existing processes.",
           "Common terms and test methods will lower costs and help the mutual recognition of results."]

class Invent:
    def __init__(self, random):
        self.random = random

    def of(self, choices):
        return self.random.choice(choices)

    def person(self):
        (family, latin), (given, given_latin) = self.of(SURNAMES), self.of(GIVEN)
        office = self.of(OFFICES)
        mobile = self.random.random() < .7
        phone = f"13{self.random.randint(0, 9)}{self.random.randint(10000000, 99999999)}" if mobile else f"0{self.random.randint(21, 29)}-{self.random.randint(60000000, 89999999)}"
        born = datetime.date(self.random.randint(1966, 1996), self.random.randint(1, 12), self.random.randint(1, 28))
        return {"name": family + given, "latin": f"{latin} {given_latin}", "gender": self.of(["男", "女"]), "born": born, "office": office[0],
                "address": office[2], "postcode": office[3], "title": self.of(POSTS), "phone": phone,
                "email": f"{given_latin.lower()}.{latin.lower()}@{office[1]}.example.cn"}

    def prose(self, count, about=None):
        """COUNT different sentences."""
        return "".join(self.random.sample(SENTENCES, count)).format(about or self.of(TOPICS)[2])

    def english(self, count, about):
        return " ".join(self.random.sample(ENGLISH, count)).format(about)

    def date(self, year=2026):
        return datetime.date(year, self.random.randint(1, 12), self.random.randint(1, 28))

    def groups(self, most=2):
        return sorted(self.random.sample(sorted(WG_NAMES), self.random.randint(1, most)))

    def meeting(self):
        start = self.date()
        end = start + datetime.timedelta(days=self.random.randint(1, 5))
        name = self.of(["ISO/IEC JTC 1/SC 27第{0}次全体会议", "SC27/WG{1} {2}年专题会议", "ISO/IEC JTC 1/SC 27 {2}年{3}季工作组会议"])
        name = name.format(self.random.randint(30, 39), self.random.randint(1, 5), start.year, self.of("春秋"))
        return {"name": name, "start": start, "end": end, "place": self.of(PLACES)[0]}

def day(date, style):
    """A date as people write it."""
    y, m, d = date.year, date.month, date.day
    return [f"{y}年{m}月{d}日", f"{y}-{m:02}-{d:02}", f"{y}.{m}.{d}", f"{y}/{m:02}/{d:02}", f"{y} 年 {m} 月 {d} 日", han_day(date)][style % 6]

def han_day(date):
    digits = "〇一二三四五六七八九"
    def small(n):
        return (digits[n // 10] if n >= 20 else "") + ("十" if n >= 10 else "") + (digits[n % 10] if n % 10 or n < 10 else "")
    return "".join(digits[int(c)] for c in str(date.year)) + f"年{small(date.month)}月{small(date.day)}日"

def english_day(date):
    return f"{date.day} {date.strftime('%B')} {date.year}"
